// Pings a silent peer, and ends the connection when that does not help.
#include "io/websock/keep-alive-timer.hpp"

#include "io/core/wait.hpp"
#include "io/websock/connection.hpp"

namespace qio::ws {

KeepAliveTimer::KeepAliveTimer(Connection& connection, const KeepAlive& times,
                               GMainContext* context)
    : connection_(connection), times_(times), context_(context_or_default(context)) {
    (void)connection_.take_sign_of_life();
    wait(times_.interval);
}

void KeepAliveTimer::wait(std::chrono::milliseconds time) {
    timer_ = Timer(time, [this] { on_time(); }, Timer::Repeat::no, context_.get());
}

void KeepAliveTimer::on_time() {
    if (connection_.state() != Connection::State::open)
        return timer_.reset();
    // What the owner leaves unread may be the answer.
    const bool has_input =
        qio::wait(connection_.transport(), Condition::in, {.deadline = Clock::now()})
            .has_value();
    if (connection_.take_sign_of_life() || has_input) {
        has_asked_ = false;
        return wait(times_.interval);
    }
    if (has_asked_) {
        timer_.reset();
        return connection_.end_with(
            {ErrorKind::timed_out, 0, "the WebSocket peer does not answer pings"});
    }
    // Without room for one, others are on their way.
    (void)connection_.send_ping({});
    has_asked_ = true;
    wait(times_.answer);
}

} // namespace qio::ws
