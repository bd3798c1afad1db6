// Waits for the peer's close frame, or its patience, and closes (RFC 6455 §7.1).
#include "io/websock/closing-handshake.hpp"

#include <array>

#include "io/websock/channel-websock.hpp"
#include "io/websock/connection.hpp"

namespace qio::ws {

ClosingHandshake::ClosingHandshake(ChannelWebsock& channel, Connection& connection,
                                   std::shared_ptr<Task<void>> task)
    : channel_(channel), connection_(connection), task_(std::move(task)),
      was_over_(connection.state() == Connection::State::ended ||
                connection.is_input_shut_down()) {
    task_->on_abort([this](ErrorKind) {
        finish(Error{ErrorKind::timed_out, 0, "the peer did not close in time"});
    });
    watch_ = Watch(
        connection_.transport(), Condition::in | Condition::out,
        [this](Condition) { on_ready(); }, task_->context());
}

void ClosingHandshake::on_ready() {
    const auto keep = channel_.shared_from_this();
    connection_.flush();
    std::array<std::byte, 4096> scratch;
    const iovec vector = to_iovec(MutableBytes(scratch));
    // Decodes as long as the stream is open, to find the close frame; then only reads
    // away what is left, so that no reset overtakes our last frame.
    const bool decodes = connection_.state() == Connection::State::open &&
                         !connection_.is_input_shut_down();
    const auto count =
        decodes ? connection_.read({&vector, 1}) : connection_.transport().read(scratch);
    const bool over = !count || (*count && **count == 0);
    const bool peer_done = was_over_ || connection_.state() == Connection::State::ended;
    if (connection_.output().has_pending())
        return watch_.set_condition(over && !decodes ? Condition::out
                                                     : Condition::in | Condition::out);
    watch_.set_condition(Condition::in);
    if (over && !decodes)
        return finish(outcome());
    if (peer_done && is_end_awaited())
        return wait_for_end();
    if (peer_done || over)
        finish(outcome());
}

/// §7.1.1: the server ends the stream first, so that the address is free for it at once.
bool ClosingHandshake::is_end_awaited() const {
    return connection_.role() == Role::client && connection_.peer_close() &&
           !connection_.is_input_shut_down();
}

void ClosingHandshake::wait_for_end() {
    if (!end_timer_.is_active())
        end_timer_ = Timer(
            end_patience, [this] { finish(outcome()); }, Timer::Repeat::no,
            task_->context());
}

Result<void> ClosingHandshake::outcome() const {
    if (was_over_ || connection_.peer_close())
        return {};
    if (connection_.error())
        return *connection_.error();
    return Error{ErrorKind::disconnected, 0, "the peer left without a close frame"};
}

void ClosingHandshake::finish(Result<void> result) {
    const auto keep = channel_.shared_from_this();
    watch_.reset();
    end_timer_.reset();
    const auto task = std::move(task_);
    if (result)
        task->complete({});
    else
        task->fail(std::move(result).error());
    task->on_abort({});
    (void)channel_.close(); // destroys this
}

} // namespace qio::ws
