// internal: a machine whose screens come over D-Bus, as displays for servers.
#include "ui/dbus/machine.hpp"

#include <algorithm>
#include <utility>

#include "ui/dbus/names.hpp"

namespace qio::dbus {

namespace {

VariantRef child(GVariant* container, std::size_t index) {
    return VariantRef(g_variant_get_child_value(container, index));
}

std::string_view text_at(GVariant* tuple, std::size_t index) {
    const char* text = nullptr;
    g_variant_get_child(tuple, index, "&s", &text);
    return text;
}

std::string_view path_at(GVariant* tuple, std::size_t index) {
    const char* path = nullptr;
    g_variant_get_child(tuple, index, "&o", &path);
    return path;
}

} // namespace

Machine::Machine(MachineEvents events, std::shared_ptr<const ui::Keymap> keymap,
                 const Patience& patience)
    : events_(std::move(events)), keymap_(std::move(keymap)), patience_(patience),
      chardevs_(patience.retry_after) {}

Machine::~Machine() {
    forget_remote();
}

void Machine::attach(ConnectionRef connection, std::string name) {
    forget_remote();
    remote_ = std::make_unique<Remote>(std::move(connection), std::move(name));
    remote_->on_signal(names::properties, "PropertiesChanged",
                       [this](std::string_view path, GVariant* values) {
                           properties_changed(path, values);
                       });
    remote_->on_signal(
        names::object_manager, "InterfacesAdded",
        [this](std::string_view, GVariant* values) { interfaces_added(values); });
    remote_->on_signal(
        names::object_manager, "InterfacesRemoved",
        [this](std::string_view, GVariant* values) { interfaces_removed(values); });
    ask_objects();
}

/// A machine that does not answer is told of, and its answer still waited for: more
/// questions would only pile up.
void Machine::ask_objects() {
    again_ = Timer(patience_.answer_within, [this] {
        tell_vanished({ErrorKind::timed_out, 0, "the machine does not answer"});
    });
    remote_->call(names::root_path, names::object_manager, "GetManagedObjects", nullptr,
                  [this](const Result<VariantRef>& reply) { receive_objects(reply); });
}

void Machine::receive_objects(const Result<VariantRef>& reply) {
    again_.reset();
    constexpr char type[] = "(a{oa{sa{sv}}})";
    if (!reply)
        ask_again(Error(reply.error()).with_context("the machine"));
    else if (!g_variant_is_of_type(reply->get(), G_VARIANT_TYPE(type)))
        ask_again({ErrorKind::protocol, 0, "the machine has no objects"});
    else
        take_objects(child(reply->get(), 0).get());
}

/// Who has the name may not be a machine yet.
void Machine::ask_again(const Error& reason) {
    again_ = Timer(patience_.retry_after, [this] { ask_objects(); });
    tell_vanished(reason);
}

void Machine::forget_remote() {
    is_ready_ = false;
    again_.reset();
    for (const auto& console : consoles_)
        if (console->is_attached())
            console->detach();
    chardevs_.detach();
    clipboard_.detach();
    audio_.detach();
    remote_.reset();
}

void Machine::detach(const Error& reason) {
    forget_remote();
    tell_vanished(reason);
}

void Machine::tell_vanished(const Error& reason) {
    if (events_.vanished)
        events_.vanished(reason);
}

void Machine::take_objects(GVariant* objects) {
    bool has_clipboard = false, has_audio = false;
    for (std::size_t i = 0; i < g_variant_n_children(objects); ++i) {
        const auto entry = child(objects, i);
        const auto interfaces = child(entry.get(), 1);
        add_object(path_at(entry.get(), 0), interfaces.get());
        has_clipboard |= bool(find_interface(interfaces.get(), names::clipboard));
        has_audio |= bool(find_interface(interfaces.get(), names::audio));
        if (const auto vm = find_interface(interfaces.get(), names::vm))
            set_vm_properties(vm.get());
    }
    if (has_clipboard)
        clipboard_.attach(*remote_);
    if (has_audio)
        audio_.attach(*remote_);
    is_ready_ = true;
    if (events_.appeared)
        events_.appeared();
}

void Machine::set_vm_properties(GVariant* properties) {
    const auto name = find_text(properties, "Name").value_or("");
    name_ = name.empty() ? "QEMU" : "QEMU (" + name + ")";
    displays_->for_each([this](ui::Display& display) {
        (void)display.set_name(name_); // too long a name is not shown
    });
}

Console* Machine::known(std::string_view path) const {
    const auto found = std::ranges::find(
        consoles_, path, [](const auto& console) { return console->info().path; });
    return found == consoles_.end() ? nullptr : found->get();
}

Console* Machine::known_or_new(std::string_view path) {
    const auto index = console_index(path);
    if (auto* console = known(path);
        console || !index || consoles_.size() >= max_consoles)
        return console;
    const auto place = std::ranges::upper_bound(
        consoles_, *index, {}, [](const auto& console) { return console->info().index; });
    auto& console = **consoles_.insert(place, make_console(path, *index));
    displays_->add(console.display());
    (void)console.display()->set_name(name_);
    return &console;
}

std::unique_ptr<Console> Machine::make_console(std::string_view path,
                                               std::uint32_t index) {
    const auto unreadable = [this, path = std::string(path)] {
        if (events_.unreadable)
            events_.unreadable(known(path)->info());
    };
    return std::make_unique<Console>(std::string(path), index, clipboard_, keymap_,
                                     patience_.retry_after, unreadable);
}

void Machine::set_interfaces(Console& console, GVariant* interfaces) {
    for (std::size_t i = 0; i < g_variant_n_children(interfaces); ++i) {
        const auto entry = child(interfaces, i);
        console.set_properties(text_at(entry.get(), 0), child(entry.get(), 1).get());
    }
}

void Machine::add_object(std::string_view path, GVariant* interfaces) {
    auto* chardev = chardevs_.add(path, interfaces, *remote_);
    if (chardev && events_.chardev_added)
        events_.chardev_added(*chardev);
    if (find_interface(interfaces, names::console))
        add_console(path, interfaces);
}

void Machine::add_console(std::string_view path, GVariant* interfaces) {
    const bool is_new = known(path) == nullptr;
    auto* console = known_or_new(path);
    if (!console)
        return;
    set_interfaces(*console, interfaces);
    if (!console->is_attached())
        console->attach(*remote_);
    if (is_new && events_.console_added)
        events_.console_added(*console);
}

void Machine::properties_changed(std::string_view path, GVariant* values) {
    if (!g_variant_is_of_type(values, G_VARIANT_TYPE("(sa{sv}as)")))
        return;
    if (auto* console = known(path))
        console->set_properties(text_at(values, 0), child(values, 1).get());
    chardevs_.set_properties(path, text_at(values, 0), child(values, 1).get());
}

void Machine::interfaces_added(GVariant* values) {
    if (g_variant_is_of_type(values, G_VARIANT_TYPE("(oa{sa{sv}})")))
        add_object(path_at(values, 0), child(values, 1).get());
}

void Machine::interfaces_removed(GVariant* values) {
    if (!g_variant_is_of_type(values, G_VARIANT_TYPE("(oas)")))
        return;
    auto* console = known(path_at(values, 0));
    const Handle<const char*, &g_free> gone(
        g_variant_get_strv(child(values, 1).get(), nullptr));
    if (g_strv_contains(gone.get(), names::chardev))
        chardevs_.remove(path_at(values, 0));
    if (console && console->is_attached() && g_strv_contains(gone.get(), names::console))
        console->detach();
}

std::vector<Console*> Machine::consoles() const {
    std::vector<Console*> all;
    for (const auto& console : consoles_)
        all.push_back(console.get());
    return all;
}

Console* Machine::find(std::string_view wanted, std::uint32_t head) const {
    const auto found = std::ranges::find_if(consoles_, [&](const auto& console) {
        return is_meant(console->info(), wanted, head);
    });
    return found == consoles_.end() ? nullptr : found->get();
}

} // namespace qio::dbus
