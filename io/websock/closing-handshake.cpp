// Waits for the peer's close frame, or its patience, and closes (RFC 6455 §7.1).
#include "io/websock/closing-handshake.hpp"

#include <array>

#include "io/websock/channel-websock.hpp"
#include "io/websock/frame-output.hpp"

namespace qio::ws {

ClosingHandshake::ClosingHandshake(ChannelWebsock& channel,
                                   std::shared_ptr<Task<void>> task)
    : channel_(channel), task_(std::move(task)),
      was_over_(channel.state_ == ChannelWebsock::State::ended ||
                channel.input_shut_down_) {
    task_->on_abort([this](ErrorKind) {
        finish(Error{ErrorKind::timed_out, 0, "the peer did not close in time"});
    });
    watch_ = Watch(
        *channel_.transport_, Condition::in | Condition::out,
        [this](Condition) { on_ready(); }, task_->context());
}

void ClosingHandshake::on_ready() {
    const auto keep = channel_.shared_from_this();
    channel_.flush();
    std::array<std::byte, 4096> scratch;
    // Decodes as long as the stream is open, to find the close frame; then only reads
    // away what is left, so that no reset overtakes our last frame.
    const bool decodes =
        channel_.state_ == ChannelWebsock::State::open && !channel_.input_shut_down_;
    auto& source = decodes ? static_cast<Channel&>(channel_) : *channel_.transport_;
    const auto count = source.read(scratch);
    const bool over = !count || (*count && **count == 0);
    const bool peer_done = was_over_ || channel_.state_ == ChannelWebsock::State::ended;
    if (channel_.output_->has_pending())
        return watch_.set_condition(over && &source == channel_.transport_.get()
                                        ? Condition::out
                                        : Condition::in | Condition::out);
    watch_.set_condition(Condition::in);
    if (peer_done || over)
        finish(outcome());
}

Result<void> ClosingHandshake::outcome() const {
    if (was_over_ || channel_.peer_close_)
        return {};
    if (channel_.error_)
        return *channel_.error_;
    return Error{ErrorKind::disconnected, 0, "the peer left without a close frame"};
}

void ClosingHandshake::finish(Result<void> result) {
    const auto keep = channel_.shared_from_this();
    watch_.reset();
    const auto task = std::move(task_);
    if (result)
        task->complete({});
    else
        task->fail(std::move(result).error());
    task->on_abort({});
    (void)channel_.close(); // destroys this
}

} // namespace qio::ws
