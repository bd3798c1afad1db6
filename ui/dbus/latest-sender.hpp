// internal: something of which only the latest counts, on its way to the machine.
#pragma once

#include <functional>
#include <optional>
#include <utility>

namespace qio::dbus {

/// Sends one value at a time. What comes while one is under way waits for its answer, and
/// takes the place of what waited before: nothing grows while the machine stands still.
template <class Value>
class LatestSender final {
public:
    explicit LatestSender(std::function<void(const Value&)> send)
        : send_(std::move(send)) {}

    void push(Value value) {
        waiting_ = std::move(value);
        send_one();
    }
    /// The value that was sent was answered.
    void answered() {
        is_under_way_ = false;
        send_one();
    }
    /// Forgets everything, as for a new machine.
    void clear() {
        waiting_.reset();
        is_under_way_ = false;
    }

private:
    void send_one() {
        if (is_under_way_ || !waiting_)
            return;
        is_under_way_ = true;
        send_(*std::exchange(waiting_, std::nullopt));
    }

    const std::function<void(const Value&)> send_;
    std::optional<Value> waiting_;
    bool is_under_way_ = false;
};

} // namespace qio::dbus
