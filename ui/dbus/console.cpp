// internal: one screen of the machine: a display, and input for it.
#include "ui/dbus/console.hpp"

#include <utility>

#include "ui/dbus/listener.hpp"
#include "ui/dbus/names.hpp"

namespace qio::dbus {

namespace {

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
                 std::shared_ptr<const ui::Keymap> keymap,
                 std::chrono::milliseconds retry_after, std::function<void()> unreadable)
    : display_(std::make_shared<ui::Display>()),
      input_(path, clipboard, std::move(keymap)), context_(context_or_default(nullptr)),
      unreadable_(std::move(unreadable)),
      registration_(
          {path, names::console, "RegisterListener"}, retry_after,
          [this] { return make_listener(); }, [this] { show_nothing(); }),
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
    registration_.begin(remote);
}

void Console::detach() {
    remote_ = nullptr;
    input_.set_remote(nullptr);
    registration_.end();
    show_nothing();
}

void Console::show_nothing() {
    if (screen_)
        screen_->disable();
    screen_.reset();
    display_->set_cursor(std::nullopt);
}

/// For other threads: does it in ours, if we are still there.
std::function<void()> Console::later(void (Console::*what)()) const {
    const std::weak_ptr<Console*> self = self_;
    return [self, what, context = context_.get()] {
        post(context, [self, what] {
            if (const auto console = self.lock())
                ((*console)->*what)();
        });
    };
}

std::shared_ptr<CallHandler> Console::make_listener() {
    screen_ = std::make_shared<Screen>(display_, later(&Console::ask_size));
    screen_->set_console_size({info_.width, info_.height});
    return std::make_shared<Listener>(screen_, display_,
                                      later(&Console::tell_unreadable));
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
