// internal: what viewers of a console do, passed on to the machine.
#include "ui/dbus/console-input.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ui/dbus/names.hpp"
#include "ui/surface.hpp"

namespace qio::dbus {

namespace {

using Kind = InputCall::Kind;

// Codes of keys are what a PC keyboard sends: one byte.
constexpr std::uint32_t max_key_code = 0xFF;

// The machine's number of each button of ui::PointerEvent: left, middle, right, the wheel
// up, down, left and right, side (back) and extra (forward).
constexpr std::array<std::int32_t, 9> button_numbers = {0, 1, 2, 3, 4, 7, 8, 5, 6};

struct Method {
    const char* interface;
    const char* name;
};

Method method_of(Kind kind) {
    switch (kind) {
    case Kind::press_key:
        return {names::keyboard, "Press"};
    case Kind::release_key:
        return {names::keyboard, "Release"};
    case Kind::press_button:
        return {names::mouse, "Press"};
    case Kind::release_button:
        return {names::mouse, "Release"};
    case Kind::place_pointer:
        return {names::mouse, "SetAbsPosition"};
    case Kind::move_pointer:
        break;
    }
    return {names::mouse, "RelMotion"};
}

GVariant* arguments_of(const InputCall& call) {
    if (call.kind == Kind::place_pointer)
        return g_variant_new("(uu)", call.a, call.b);
    if (call.kind == Kind::move_pointer)
        return g_variant_new("(ii)", call.a, call.b);
    return g_variant_new("(u)", call.a);
}

std::int32_t inside(int place, std::uint32_t size) {
    const auto end = std::clamp<std::uint32_t>(size, 1, ui::max_surface_dimension);
    return std::clamp(place, 0, std::int32_t(end) - 1);
}

} // namespace

ConsoleInput::ConsoleInput(std::string path, ClipboardOwner& clipboard,
                           std::shared_ptr<const ui::Keymap> keymap)
    : path_(std::move(path)), clipboard_(clipboard), keymap_(std::move(keymap)),
      queue_([this](const InputCall& call) { send(call); }),
      sizes_([this](const Size& size) { send_size(size); }) {}

void ConsoleInput::set_remote(Remote* remote) {
    remote_ = remote;
    ++epoch_;
    queue_.clear();
    sizes_.clear();
    buttons_ = 0;
    pressed_.clear();
    can_resize_ = true;
}

void ConsoleInput::send(const InputCall& call) {
    const auto method = method_of(call.kind);
    // What the machine refuses, as a place while its mouse is relative, is lost.
    remote_->call(path_.c_str(), method.interface, method.name, arguments_of(call),
                  [this, epoch = epoch_](const Result<VariantRef>&) {
                      if (epoch == epoch_)
                          queue_.answered();
                  });
}

void ConsoleInput::push(Kind kind, std::int32_t a, std::int32_t b) {
    if (remote_)
        queue_.push({kind, a, b});
}

/// The code that the event's key has, or had when it was pressed; 0: it has none.
std::uint32_t ConsoleInput::code_of(const ui::KeyEvent& event) {
    if (event.xt_keycode)
        return *event.xt_keycode;
    if (const auto known = pressed_.find(event.keysym); known != pressed_.end()) {
        const auto code = known->second;
        if (!event.down)
            pressed_.erase(known);
        return code;
    }
    const auto stroke =
        keymap_ && event.down ? keymap_->find(event.keysym) : std::nullopt;
    if (!stroke || pressed_.size() > max_key_code)
        return 0;
    pressed_.emplace(event.keysym, stroke->xt_keycode);
    return stroke->xt_keycode;
}

void ConsoleInput::key(const ui::KeyEvent& event) {
    const std::uint32_t code = code_of(event);
    if (code >= 1 && code <= max_key_code)
        push(event.down ? Kind::press_key : Kind::release_key, std::int32_t(code));
}

void ConsoleInput::set_buttons(std::uint16_t buttons) {
    const std::uint16_t changed = buttons ^ std::exchange(buttons_, buttons);
    for (std::size_t bit = 0; bit < button_numbers.size(); ++bit) {
        if ((changed >> bit & 1) == 0)
            continue;
        const bool down = (buttons >> bit & 1) != 0;
        push(down ? Kind::press_button : Kind::release_button, button_numbers[bit]);
    }
}

void ConsoleInput::pointer(const ui::PointerEvent& event) {
    push(Kind::place_pointer, inside(event.x, size_.width),
         inside(event.y, size_.height));
    set_buttons(event.buttons);
}

void ConsoleInput::pointer_motion(int dx, int dy, std::uint16_t buttons) {
    if (dx != 0 || dy != 0)
        push(Kind::move_pointer, dx, dy);
    set_buttons(buttons);
}

void ConsoleInput::cut_text(std::string utf8) {
    clipboard_.set_text(std::move(utf8));
}

ui::ResizeAnswer ConsoleInput::resize_request(int width, int height) {
    if (width < 1 || height < 1 || width > ui::max_surface_dimension ||
        height > ui::max_surface_dimension)
        return ui::ResizeAnswer::invalid;
    if (!remote_ || !can_resize_)
        return ui::ResizeAnswer::prohibited;
    sizes_.push({std::uint32_t(width), std::uint32_t(height)});
    return ui::ResizeAnswer::accepted;
}

void ConsoleInput::send_size(const Size& size) {
    remote_->call(path_.c_str(), names::console, "SetUIInfo",
                  g_variant_new("(qqiiuu)", 0, 0, 0, 0, size.width, size.height),
                  [this, epoch = epoch_](const Result<VariantRef>& reply) {
                      if (epoch != epoch_)
                          return;
                      if (!reply && reply.error().kind != ErrorKind::timed_out)
                          can_resize_ = false;
                      sizes_.answered();
                  });
}

} // namespace qio::dbus
