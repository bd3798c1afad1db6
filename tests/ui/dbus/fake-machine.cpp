// A machine on D-Bus as a display's clients see it, with faults on demand; in its own
// thread.
#include "tests/ui/dbus/fake-machine.hpp"

#include <gio/gunixfdlist.h>

#include <utility>

#include "ui/dbus/connecting.hpp"
#include "ui/dbus/names.hpp"

namespace qio::test {

using namespace dbus;

namespace {

std::string printed(GVariant* value) {
    const Handle<char, &g_free> text(g_variant_print(value, FALSE));
    return text.get();
}

GVariant* pixels(std::uint32_t width, std::uint32_t height, std::uint32_t colour) {
    const std::vector<std::uint32_t> all(std::size_t(width) * height, colour);
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, all.data(), all.size() * 4, 1);
}

/// The server's side of a connection; blocks until the client has shaken hands.
ConnectionRef serve_socket(UniqueFd fd, GDBusConnectionFlags more) {
    const auto socket = adopt_socket(std::move(fd));
    const Handle<GSocketConnection, &g_object_unref> stream(
        g_socket_connection_factory_create_connection(socket->get()));
    const Handle<char, &g_free> guid(g_dbus_generate_guid());
    return ConnectionRef(g_dbus_connection_new_sync(
        G_IO_STREAM(stream.get()), guid.get(),
        GDBusConnectionFlags(G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER | more),
        nullptr, nullptr, nullptr));
}

std::string error_of(GError* error) {
    const Handle<GError, &g_error_free> owned(error);
    const Handle<char, &g_free> name(g_dbus_error_get_remote_error(error));
    return name ? name.get() : error->message;
}

} // namespace

UniqueFd descriptor_of(GDBusMessage* message) {
    auto* list = g_dbus_message_get_unix_fd_list(message);
    if (!list)
        return {};
    // The message keeps none: it may be withheld.
    const Handle<int, &g_free> descriptors(g_unix_fd_list_steal_fds(list, nullptr));
    return UniqueFd(descriptors.get()[0]);
}

VariantRef dictionary_of(const char* text) {
    return VariantRef(
        g_variant_parse(G_VARIANT_TYPE_VARDICT, text, nullptr, nullptr, nullptr));
}

FakeMachine::FakeMachine(Generation generation) : generation_(generation) {
    objects_[names::vm_path][names::vm] =
        dictionary_of("{'Name': <'fake'>, 'UUID': <''>, 'ConsoleIDs': <[uint32 0]>}");
    objects_[names::clipboard_path][names::clipboard] = dictionary_of("{}");
    objects_[names::audio_path][names::audio] = dictionary_of("{}");
    add_console(0, "VGA");
}

FakeMachine::~FakeMachine() {
    leave();
}

void FakeMachine::add_console(std::uint32_t index, const std::string& label,
                              std::uint32_t head, const std::string& type,
                              std::uint32_t width) {
    auto& object =
        objects_[std::string(names::root_path) + "/Console_" + std::to_string(index)];
    const std::string properties = "{'Label': <'" + label + "'>, 'Head': <uint32 " +
                                   std::to_string(head) + ">, 'Type': <'" + type +
                                   "'>, 'Width': <uint32 " + std::to_string(width) +
                                   ">, 'Height': <uint32 480>, "
                                   "'DeviceAddress': <'pci/0000/0" +
                                   std::to_string(index + 1) + ".0'>}";
    object[names::console] = dictionary_of(properties.c_str());
    if (generation_ == Generation::v10_2)
        object["org.qemu.Display1.MultiTouch"] = dictionary_of("{'MaxSlots': <10>}");
    object[names::keyboard] = dictionary_of("{'Modifiers': <uint32 0>}");
    object[names::mouse] = dictionary_of("{'IsAbsolute': <true>}");
}

void FakeMachine::plug_console(std::uint32_t index, const std::string& label,
                               std::uint32_t width) {
    const std::lock_guard lock(mutex_);
    add_console(index, label, 0, "Graphic", width);
    const auto path = std::string(names::root_path) + "/Console_" + std::to_string(index);
    emit_about_objects("InterfacesAdded",
                       g_variant_new("(o@a{sa{sv}})", path.c_str(), interfaces_of(path)));
}

void FakeMachine::join_bus(const std::string& address, const std::string& name) {
    constexpr auto flags =
        GDBusConnectionFlags(G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                             G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION);
    serve(ConnectionRef(g_dbus_connection_new_for_address_sync(
        address.c_str(), flags, nullptr, nullptr, nullptr)));
    g_dbus_connection_call_sync(connection_.get(), "org.freedesktop.DBus",
                                "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                "RequestName", g_variant_new("(su)", name.c_str(), 0),
                                nullptr, G_DBUS_CALL_FLAGS_NONE, -1, nullptr, nullptr);
}

void FakeMachine::meet(UniqueFd socket) {
    serve(serve_socket(std::move(socket),
                       G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING));
    g_dbus_connection_start_message_processing(connection_.get());
}

void FakeMachine::serve(ConnectionRef connection) {
    const std::lock_guard lock(mutex_);
    connection_ = std::move(connection);
    filter_ = g_dbus_connection_add_filter(
        connection_.get(),
        [](GDBusConnection*, GDBusMessage* message, gboolean incoming,
           gpointer self) noexcept {
            return incoming ? static_cast<FakeMachine*>(self)->answer(message) : message;
        },
        this, nullptr);
}

void FakeMachine::leave() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
    }
    for (auto& thread : threads)
        thread.join();
    std::map<std::string, ConnectionRef> listeners;
    ConnectionRef connection;
    {
        const std::lock_guard lock(mutex_);
        listeners.swap(listeners_);
        withheld_.clear();
        connection = std::move(connection_);
    }
    // Without the lock: GDBus's thread may be about to take it for a last message.
    for (auto& [key, listener] : listeners)
        g_dbus_connection_close_sync(listener.get(), nullptr, nullptr);
    if (!connection)
        return;
    g_dbus_connection_remove_filter(connection.get(), filter_);
    g_dbus_connection_close_sync(connection.get(), nullptr, nullptr);
}

void FakeMachine::withhold(const std::string& method) {
    const std::lock_guard lock(mutex_);
    withheld_methods_.insert(method);
}

void FakeMachine::refuse(const std::string& method, const std::string& error) {
    const std::lock_guard lock(mutex_);
    refused_[method] = error;
}

void FakeMachine::release(const std::string& error) {
    const std::lock_guard lock(mutex_);
    refused_.clear();
    withheld_methods_.clear();
    for (const auto& [call, answer] : std::exchange(withheld_, {})) {
        if (error.empty())
            send(answer.get());
        else
            refuse_call(call.get(), error);
    }
}

void FakeMachine::hang_up_at(const std::string& call) {
    const std::lock_guard lock(mutex_);
    last_call_ = call;
}

void FakeMachine::refuse_oldest(const std::string& error) {
    const std::lock_guard lock(mutex_);
    if (withheld_.empty())
        return;
    refuse_call(withheld_.front().call.get(), error);
    withheld_.erase(withheld_.begin());
}

/// Lets the test look whether this was what it waits for.
void FakeMachine::changed() {
    changed_.notify_all();
    g_main_context_wakeup(nullptr);
}

GDBusMessage* FakeMachine::answer(GDBusMessage* message) {
    const char* interface = g_dbus_message_get_interface(message);
    if (g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL ||
        !interface ||
        !std::string_view(g_dbus_message_get_path(message)).starts_with(names::root_path))
        return message;
    const MessageRef owned(message);
    handle(message);
    changed();
    return nullptr;
}

void FakeMachine::handle(GDBusMessage* message) {
    const std::string path = g_dbus_message_get_path(message);
    const std::string method = g_dbus_message_get_member(message);
    GVariant* body = g_dbus_message_get_body(message);
    const std::string key = path.substr(path.rfind('/') + 1);
    const std::lock_guard lock(mutex_);
    if (!connection_)
        return; // left meanwhile
    if (const char* sender = g_dbus_message_get_sender(message))
        client_ = sender;
    const auto call = key + " " + method;
    calls_.push_back(call + (body ? printed(body) : "()"));
    if (last_call_ == method || last_call_ == call) {
        last_call_.clear();
        g_dbus_connection_close(connection_.get(), nullptr, nullptr, nullptr);
        return;
    }
    if (const auto refused = refused_.find(method); refused != refused_.end()) {
        refuse_call(message, refused->second);
        return;
    }
    if (method == "GetManagedObjects") {
        reply(message, managed_objects());
    } else if (method == "GetAll") {
        const char* interface = nullptr;
        g_variant_get(body, "(&s)", &interface);
        reply(message, properties_of(path, interface));
    } else if (method == "Register" && objects_[path].contains(names::chardev)) {
        register_chardev(message, path);
    } else if (method == "RegisterListener" || method == "RegisterOutListener") {
        register_listener(message, key);
    } else if (method == "Request") {
        constexpr char text[] = "from the machine";
        reply(message, g_variant_new("(s@ay)", "text/plain;charset=utf-8",
                                     g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, text,
                                                               sizeof text - 1, 1)));
    } else {
        reply(message, nullptr);
    }
}

void FakeMachine::reply(GDBusMessage* message, GVariant* values) {
    if (g_dbus_message_get_flags(message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) {
        sink(values);
        return;
    }
    MessageRef answer(g_dbus_message_new_method_reply(message));
    if (values)
        g_dbus_message_set_body(answer.get(), values);
    if (withheld_methods_.contains(g_dbus_message_get_member(message)))
        withheld_.push_back(
            {MessageRef(static_cast<GDBusMessage*>(g_object_ref(message))),
             std::move(answer)});
    else
        send(answer.get());
}

void FakeMachine::refuse_call(GDBusMessage* message, const std::string& error) {
    const MessageRef answer(
        g_dbus_message_new_method_error_literal(message, error.c_str(), "refused"));
    send(answer.get());
}

void FakeMachine::send(GDBusMessage* message) {
    g_dbus_connection_send_message(connection_.get(), message,
                                   G_DBUS_SEND_MESSAGE_FLAGS_NONE, nullptr, nullptr);
}

GVariant* FakeMachine::managed_objects() {
    GVariantBuilder objects;
    g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
    for (const auto& [path, interfaces] : objects_)
        g_variant_builder_add(&objects, "{o@a{sa{sv}}}", path.c_str(),
                              interfaces_of(path));
    return g_variant_new("(a{oa{sa{sv}}})", &objects);
}

GVariant* FakeMachine::interfaces_of(const std::string& path) {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE("a{sa{sv}}"));
    for (const auto& [name, properties] : objects_[path])
        g_variant_builder_add(&all, "{s@a{sv}}", name.c_str(), properties.get());
    return g_variant_builder_end(&all);
}

void FakeMachine::emit_about_objects(const char* signal, GVariant* values) {
    g_dbus_connection_emit_signal(connection_.get(), nullptr, names::root_path,
                                  names::object_manager, signal, values, nullptr);
}

void FakeMachine::unplug(const std::string& path) {
    const std::lock_guard lock(mutex_);
    GVariantBuilder gone;
    g_variant_builder_init(&gone, G_VARIANT_TYPE("as"));
    for (const auto& [name, properties] : objects_[path])
        g_variant_builder_add(&gone, "s", name.c_str());
    emit_about_objects("InterfacesRemoved", g_variant_new("(oas)", path.c_str(), &gone));
}

void FakeMachine::plug(const std::string& path) {
    const std::lock_guard lock(mutex_);
    emit_about_objects("InterfacesAdded",
                       g_variant_new("(o@a{sa{sv}})", path.c_str(), interfaces_of(path)));
}

GVariant* FakeMachine::properties_of(const std::string& path,
                                     const std::string& interface) {
    return g_variant_new("(@a{sv})", objects_[path][interface].get());
}

/// As a machine does it: the reply first, and then its main loop stands still until the
/// client has shaken hands and told its properties.
void FakeMachine::register_listener(GDBusMessage* message, const std::string& key) {
    auto socket = std::make_shared<UniqueFd>(descriptor_of(message));
    reply(message, nullptr);
    ++registrations_;
    threads_.emplace_back([this, key, socket] {
        const auto start = std::chrono::steady_clock::now();
        auto connection = serve_socket(std::move(*socket), G_DBUS_CONNECTION_FLAGS_NONE);
        if (!connection)
            return;
        auto properties = ask_properties(connection.get(), key);
        const std::lock_guard lock(mutex_);
        registered_[key] = {.took = std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::steady_clock::now() - start),
                            .properties = std::move(properties)};
        listeners_[key] = std::move(connection);
        changed();
    });
}

/// As each generation asks: the newer one once more for each extension that there is.
std::string FakeMachine::ask_properties(GDBusConnection* listener,
                                        const std::string& key) const {
    const auto ask_for = [&](const char* interface) {
        const VariantRef values(g_dbus_connection_call_sync(
            listener, nullptr, path_of(key), names::properties, "GetAll",
            g_variant_new("(s)", interface), nullptr, G_DBUS_CALL_FLAGS_NONE, 25000,
            nullptr, nullptr));
        return values ? printed(values.get()) : "no answer";
    };
    auto all = ask_for(key == "Audio" ? names::audio_out : names::listener);
    if (generation_ == Generation::v10_2 &&
        all.find(names::listener_map) != std::string::npos)
        all += ask_for(names::listener_map);
    return all;
}

bool FakeMachine::wait_for_listener(const std::string& console) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return listeners_.contains(console); });
}

const char* FakeMachine::path_of(const std::string& key) {
    return key == "Audio" ? names::audio_out_path : names::listener_path;
}

void FakeMachine::set(const std::string& path, const std::string& interface,
                      const std::string& name, GVariant* value) {
    const std::lock_guard lock(mutex_);
    set_locked(path, interface, name, value);
}

void FakeMachine::set_locked(const std::string& path, const std::string& interface,
                             const std::string& name, GVariant* value) {
    const auto owned = sink(value);
    auto& properties = objects_[path][interface];
    GVariantDict all;
    g_variant_dict_init(&all, properties.get());
    g_variant_dict_insert_value(&all, name.c_str(), owned.get());
    properties = sink(g_variant_dict_end(&all));
    GVariantBuilder changed;
    g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&changed, "{sv}", name.c_str(), owned.get());
    g_dbus_connection_emit_signal(
        connection_.get(), nullptr, path.c_str(), names::properties, "PropertiesChanged",
        g_variant_new("(sa{sv}as)", interface.c_str(), &changed, nullptr), nullptr);
}

std::vector<std::string> FakeMachine::calls(std::string_view method) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& call : calls_)
        if (call.find(" " + std::string(method)) != std::string::npos)
            all.push_back(call);
    return all;
}

ConnectionRef FakeMachine::listener(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = listeners_.find(key);
    return ConnectionRef(
        found == listeners_.end()
            ? nullptr
            : static_cast<GDBusConnection*>(g_object_ref(found->second.get())));
}

bool FakeMachine::has_listener(const std::string& console) const {
    return listener(console) != nullptr;
}

FakeMachine::Registered FakeMachine::registered(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    return registered_.at(key);
}

int FakeMachine::registrations() const {
    const std::lock_guard lock(mutex_);
    return registrations_;
}

namespace {

const char* interface_of(std::string_view key, std::string_view method) {
    if (key == "Audio")
        return names::audio_out;
    return method.ends_with("Map") ? names::listener_map : names::listener;
}

} // namespace

void FakeMachine::tell(const char* method, GVariant* arguments, const std::string& key) {
    const auto connection = listener(key);
    const MessageRef message(g_dbus_message_new_method_call(
        nullptr, path_of(key), interface_of(key, method), method));
    g_dbus_message_set_body(message.get(), arguments);
    g_dbus_message_set_flags(message.get(), G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
    g_dbus_connection_send_message(connection.get(), message.get(),
                                   G_DBUS_SEND_MESSAGE_FLAGS_NONE, nullptr, nullptr);
}

std::string FakeMachine::ask(const char* method, GVariant* arguments, UniqueFd descriptor,
                             const std::string& key) {
    const auto connection = listener(key);
    FdListRef list;
    if (const int fd = descriptor.release(); fd >= 0)
        list.reset(g_unix_fd_list_new_from_array(&fd, 1));
    GError* error = nullptr;
    const VariantRef values(g_dbus_connection_call_with_unix_fd_list_sync(
        connection.get(), nullptr, path_of(key), interface_of(key, method), method,
        arguments, nullptr, G_DBUS_CALL_FLAGS_NONE, 10000, list.get(), nullptr, nullptr,
        &error));
    return values ? "" : error_of(error);
}

std::string FakeMachine::ask_client(const char* path, const char* interface,
                                    const char* method, GVariant* arguments,
                                    VariantRef* reply) {
    GError* error = nullptr;
    const auto target = client();
    VariantRef values(g_dbus_connection_call_sync(
        connection_.get(), target.empty() ? nullptr : target.c_str(), path, interface,
        method, arguments, nullptr, G_DBUS_CALL_FLAGS_NONE, 10000, nullptr, &error));
    if (!values)
        return error_of(error);
    if (reply)
        *reply = std::move(values);
    return {};
}

void FakeMachine::call_client(const char* path, const char* interface, const char* method,
                              GVariant* arguments) {
    const auto target = client();
    g_dbus_connection_call(connection_.get(), target.empty() ? nullptr : target.c_str(),
                           path, interface, method, arguments, nullptr,
                           G_DBUS_CALL_FLAGS_NONE, 10000, nullptr, nullptr, nullptr);
}

std::string FakeMachine::client() const {
    const std::lock_guard lock(mutex_);
    return client_;
}

void FakeMachine::set_client(std::string unique_name) {
    const std::lock_guard lock(mutex_);
    client_ = std::move(unique_name);
}

void FakeMachine::flush(const std::string& key) {
    (void)ask("NoSuchMethod", nullptr, {}, key);
}

void FakeMachine::close_listener(const std::string& key) {
    const auto connection = listener(key);
    g_dbus_connection_close_sync(connection.get(), nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    listeners_.erase(key);
}

void FakeMachine::scanout(std::uint32_t width, std::uint32_t height,
                          std::uint32_t colour) {
    tell("Scanout", g_variant_new("(uuuu@ay)", width, height, width * 4, 0x20020888,
                                  pixels(width, height, colour)));
    flush();
}

void FakeMachine::update(int x, int y, std::uint32_t width, std::uint32_t height,
                         std::uint32_t colour) {
    tell("Update", g_variant_new("(iiiiuu@ay)", x, y, width, height, width * 4,
                                 0x20020888, pixels(width, height, colour)));
    flush();
}

} // namespace qio::test
