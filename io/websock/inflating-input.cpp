// Takes received frames whose messages may be compressed.
#include "io/websock/inflating-input.hpp"

#include <utility>

namespace qio::ws {

InputEvent InflatingInput::advance(ByteView& received, IovecCursor& sink,
                                   std::size_t& moved) {
    for (;;) {
        const auto event = is_compressed_
                               ? advance_compressed(received, sink, moved)
                               : std::optional(frames_.advance(received, sink, moved));
        if (event == InputEvent::violation && !violation_)
            violation_ = frames_.violation();
        if (event == InputEvent::message_start)
            is_compressed_ = frames_.is_compressed();
        else if (event)
            return *event;
    }
}

/// One step within a compressed message. Empty: there is more to do.
std::optional<InputEvent> InflatingInput::advance_compressed(ByteView& received,
                                                             IovecCursor& sink,
                                                             std::size_t& moved) {
    if (sink.at_end())
        return InputEvent::sink_full;
    if (has_pending_)
        return inflate(sink, moved);
    if (deferred_)
        return std::exchange(deferred_, std::nullopt);
    return take_block(received);
}

/// The next part of the compressed payload.
std::optional<InputEvent> InflatingInput::take_block(ByteView& received) {
    const iovec vector = to_iovec(MutableBytes(block_));
    IovecCursor room({&vector, 1});
    std::size_t size = 0;
    const auto event = frames_.advance(received, room, size);
    pending_ = ByteView(block_).first(size);
    is_message_over_ = event == InputEvent::message_end;
    has_pending_ = size != 0 || is_message_over_;
    if (!has_pending_)
        return event;
    // What came before a control frame or a violation comes out first.
    if (event == InputEvent::control || event == InputEvent::violation)
        deferred_ = event;
    return std::nullopt;
}

std::optional<InputEvent> InflatingInput::inflate(IovecCursor& sink, std::size_t& moved) {
    const MutableBytes out = sink.front();
    const auto progress =
        inflater_.inflate(pending_, is_message_over_ ? Fin::yes : Fin::no, out);
    if (!progress) {
        violation_ = progress.error();
        return InputEvent::violation;
    }
    pending_ = pending_.subspan(progress->consumed);
    moved += progress->produced;
    const bool is_full = progress->produced == out.size();
    sink.advance(progress->produced);
    has_pending_ = !progress->done && (is_full || is_message_over_ || !pending_.empty());
    if (!progress->done)
        return std::nullopt;
    is_compressed_ = false;
    return InputEvent::message_end;
}

} // namespace qio::ws
