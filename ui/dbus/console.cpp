// internal: one screen of the machine: a display, and input for it.
#include "ui/dbus/console.hpp"

#include <chrono>
#include <utility>

#include "ui/dbus/listener.hpp"
#include "ui/dbus/names.hpp"

namespace qio::dbus {

namespace {

// Until a listener that the machine has lost, or refused, is offered again.
constexpr std::chrono::milliseconds listen_again_after{1000};

template <class T>
void take(T& target, std::optional<T> value) {
    if (value)
        target = std::move(*value);
}

ui::LockLeds leds_of(std::uint32_t modifiers) {
    return {.scroll = (modifiers & 1) != 0,
            .num = (modifiers & 2) != 0,
            .caps = (modifiers & 4) != 0};
}

} // namespace

Console::Console(std::string path, std::uint32_t index, ClipboardOwner& clipboard,
                 std::shared_ptr<const ui::Keymap> keymap)
    : display_(std::make_shared<ui::Display>()),
      input_(path, clipboard, std::move(keymap)), context_(context_or_default(nullptr)),
      self_(std::make_shared<Console*>(this)) {
    info_.path = std::move(path);
    info_.index = index;
    display_->set_input(&input_);
}

Console::~Console() {
    detach();
    display_->set_input(nullptr);
}

void Console::attach(Remote& remote) {
    remote_ = &remote;
    input_.set_remote(&remote);
    listen();
}

void Console::detach() {
    remote_ = nullptr;
    input_.set_remote(nullptr);
    stop_listening();
}

void Console::stop_listening() {
    again_.reset();
    link_.reset(); // the listener is silent from here on
    if (screen_)
        screen_->disable();
    screen_.reset();
    display_->set_cursor(std::nullopt);
}

/// The connection is served before the machine is told of it, because it waits for us.
void Console::listen() {
    const std::weak_ptr<Console*> self = self_;
    screen_ = std::make_shared<Screen>(display_, [self, context = context_.get()] {
        post(context, [self] {
            if (const auto console = self.lock())
                (*console)->ask_size();
        });
    });
    screen_->set_console_size({info_.width, info_.height});
    auto sockets = SocketPair::create();
    if (sockets) {
        auto link = PrivateLink::open(std::move(sockets->ours),
                                      std::make_shared<Listener>(screen_, display_),
                                      [this] { lost(); });
        if (link)
            link_ = std::move(*link);
    }
    if (!link_) {
        lost();
        return;
    }
    remote_->call(
        info_.path.c_str(), names::console, "RegisterListener", g_variant_new("(h)", 0),
        [this](const Result<VariantRef>& reply) {
            if (!reply)
                lost();
        },
        std::move(sockets->theirs));
}

void Console::lost() {
    stop_listening();
    again_ = Timer(listen_again_after, [this] { listen(); });
}

void Console::ask_size() {
    if (!remote_)
        return;
    remote_->call(info_.path.c_str(), names::properties, "GetAll",
                  g_variant_new("(s)", names::console), [this](Result<VariantRef> reply) {
                      VariantRef properties;
                      if (reply &&
                          g_variant_is_of_type(reply->get(), G_VARIANT_TYPE("(a{sv})")))
                          properties.reset(g_variant_get_child_value(reply->get(), 0));
                      if (properties)
                          set_properties(names::console, properties.get());
                      else if (screen_)
                          screen_->set_console_size({});
                  });
}

void Console::set_properties(std::string_view interface, GVariant* properties) {
    if (interface == names::console)
        set_console_properties(properties);
    if (interface == names::mouse) {
        take(info_.is_absolute, find_bool(properties, "IsAbsolute"));
        display_->set_pointer_mode(info_.is_absolute ? ui::PointerMode::absolute
                                                     : ui::PointerMode::relative);
    }
    if (interface == names::keyboard)
        if (const auto modifiers = find_number(properties, "Modifiers"))
            display_->set_leds(leds_of(*modifiers));
}

void Console::set_console_properties(GVariant* properties) {
    take(info_.label, find_text(properties, "Label"));
    take(info_.head, find_number(properties, "Head"));
    take(info_.device_address, find_text(properties, "DeviceAddress"));
    if (const auto type = find_text(properties, "Type"))
        info_.is_text = *type == "Text";
    take(info_.width, find_number(properties, "Width"));
    take(info_.height, find_number(properties, "Height"));
    input_.set_size({info_.width, info_.height});
    if (screen_)
        screen_->set_console_size({info_.width, info_.height});
}

} // namespace qio::dbus
