// What one client holds down, so that it can be lifted when the client leaves.
#include "ui/vnc/held-input.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace qio::vnc {

namespace {

/// The same physical key: the scan code decides where there is one, because the keysym
/// of a key can change between press and release (shift).
bool is_same_key(const ui::KeyEvent& one, const ui::KeyEvent& other) {
    if (one.xt_keycode || other.xt_keycode)
        return one.xt_keycode == other.xt_keycode;
    return one.keysym == other.keysym;
}

} // namespace

void HeldInput::key(ui::InputSink* sink, const ui::KeyEvent& event) {
    const auto held = std::ranges::find_if(
        down_, [&](auto& candidate) { return is_same_key(candidate, event); });
    if (event.down && held == down_.end()) {
        if (down_.size() == max_keys)
            return;
        down_.push_back(event);
    } else if (!event.down) {
        if (held == down_.end())
            return;
        down_.erase(held);
    }
    if (sink != nullptr)
        sink->key(event);
}

void HeldInput::pointer(ui::InputSink* sink, ui::PointerEvent event,
                        const ui::Rect& area) {
    event.x = std::clamp(event.x, 0, std::max(area.width - 1, 0));
    event.y = std::clamp(event.y, 0, std::max(area.height - 1, 0));
    pointer_ = event;
    if (sink != nullptr)
        sink->pointer(event);
}

void HeldInput::release_all(ui::InputSink* sink) {
    for (auto event : std::views::reverse(std::exchange(down_, {}))) {
        event.down = false;
        if (sink != nullptr)
            sink->key(event);
    }
    if (std::exchange(pointer_.buttons, 0) != 0 && sink != nullptr)
        sink->pointer(pointer_);
}

} // namespace qio::vnc
