// internal: keys and pointer on their way to the machine, no more than it keeps up with.
#include "ui/dbus/input-queue.hpp"

#include <algorithm>
#include <limits>

namespace qio::dbus {

namespace {

using Kind = InputCall::Kind;

std::int32_t saturated_sum(std::int32_t a, std::int32_t b) {
    using Limits = std::numeric_limits<std::int32_t>;
    return std::int32_t(
        std::clamp<std::int64_t>(std::int64_t(a) + b, Limits::min(), Limits::max()));
}

} // namespace

bool InputQueue::merge(const InputCall& call) {
    if (waiting_.empty() || waiting_.back().kind != call.kind)
        return false;
    auto& last = waiting_.back();
    if (call.kind == Kind::place_pointer) {
        last = call;
        return true;
    }
    if (call.kind == Kind::move_pointer) {
        last.a = saturated_sum(last.a, call.a);
        last.b = saturated_sum(last.b, call.b);
        return true;
    }
    return false;
}

/// Also notes what is held down from now on.
bool InputQueue::is_dropped(const InputCall& call) {
    const bool is_full = waiting_.size() >= max_waiting;
    auto& held =
        call.kind == Kind::press_key || call.kind == Kind::release_key ? keys_ : buttons_;
    switch (call.kind) {
    case Kind::release_key:
    case Kind::release_button:
        return held.erase(call.a) == 0;
    case Kind::press_key:
    case Kind::press_button:
        if (!is_full)
            held.insert(call.a);
        return is_full;
    default:
        return is_full;
    }
}

void InputQueue::push(const InputCall& call) {
    if (merge(call) || is_dropped(call))
        return;
    waiting_.push_back(call);
    send_some();
}

void InputQueue::answered() {
    if (unanswered_ > 0)
        --unanswered_;
    send_some();
}

void InputQueue::clear() {
    waiting_.clear();
    unanswered_ = 0;
    keys_.clear();
    buttons_.clear();
}

void InputQueue::send_some() {
    while (!waiting_.empty() && unanswered_ < max_unanswered) {
        const InputCall call = waiting_.front();
        waiting_.pop_front();
        ++unanswered_;
        send_(call);
    }
}

} // namespace qio::dbus
