// internal: keys and pointer on their way to the machine, no more than it keeps up with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>

namespace qio::dbus {

/// One call to a console's keyboard or mouse.
struct InputCall {
    enum class Kind : std::uint8_t {
        press_key,      ///< a: the key's code
        release_key,    ///< a: the key's code
        press_button,   ///< a: the machine's number of the button
        release_button, ///< a: the machine's number of the button
        place_pointer,  ///< to (a, b)
        move_pointer,   ///< by (a, b)
    };
    Kind kind = Kind::press_key;
    std::int32_t a = 0;
    std::int32_t b = 0;

    bool operator==(const InputCall&) const = default;
};

/// Sends calls in their order. Places and moves of the pointer that wait are merged, so a
/// machine that is slow gets the latest place, and nothing grows while it stands still.
class InputQueue final {
public:
    /// Calls that are sent and not answered.
    static constexpr std::size_t max_unanswered = 16;
    /// Of more that wait, all but releases are dropped. What is released was pressed, so
    /// of these there are no more than keys and buttons.
    static constexpr std::size_t max_waiting = 256;

    explicit InputQueue(std::function<void(const InputCall&)> send)
        : send_(std::move(send)) {}

    void push(const InputCall& call);
    /// One of the calls that were sent was answered, or never will be.
    void answered();
    /// Forgets everything, as for a new machine.
    void clear();

    std::size_t waiting() const { return waiting_.size(); }
    std::size_t unanswered() const { return unanswered_; }

private:
    bool merge(const InputCall& call);
    bool is_dropped(const InputCall& call);
    void send_some();

    std::function<void(const InputCall&)> send_;
    std::deque<InputCall> waiting_;
    std::size_t unanswered_ = 0;
    std::set<std::int32_t> keys_; // whose press was sent, or waits
    std::set<std::int32_t> buttons_;
};

} // namespace qio::dbus
