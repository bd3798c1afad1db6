// internal: types a text on the machine's keyboard, at a pace it can follow.
#pragma once

#include <chrono>
#include <deque>
#include <string_view>

#include "io/base/error.hpp"
#include "io/core/timer.hpp"
#include "ui/vnc/held-input.hpp"
#include "ui/vnc/input-host.hpp"

namespace qio::vnc {

/// Texts are typed one after the other, and one key event at a time. Meanwhile the keys
/// of clients do not count, so that nothing mixes in.
///
/// Limits: texts of max_text_bytes, max_events that wait.
/// Context: the host's.
class TextTyper {
public:
    static constexpr std::size_t max_text_bytes = 16 * 1024;
    static constexpr std::size_t max_events = 64 * 1024;

    /// `pace`: from one event to the next. The host outlives this.
    TextTyper(InputHost& host, std::shared_ptr<const ui::Keymap> keymap,
              std::chrono::milliseconds pace, GMainContext* context);

    /// Returns how many characters the keyboard does not have. What clients hold is
    /// lifted first.
    /// Errors: not_supported without a layout; limit.
    Result<std::size_t> type(std::string_view utf8);
    /// Types no further, and lifts what is down.
    void stop();

    bool is_typing() const { return is_typing_; }
    std::size_t waiting() const { return events_.size(); }

private:
    void type_next();
    void end();

    InputHost& host_;
    const std::shared_ptr<const ui::Keymap> keymap_;
    const std::chrono::milliseconds pace_;
    GMainContext* const context_; // the host's
    std::deque<ui::KeyEvent> events_;
    HeldInput held_;
    Timer timer_;
    bool is_typing_ = false;
};

} // namespace qio::vnc
