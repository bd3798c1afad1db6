// Turns received bytes into message payload and control frames (RFC 6455 §5).
#include "io/websock/frame-input.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace qio::ws {

InputEvent FrameInput::advance(ByteView& received, IovecCursor& sink,
                               std::size_t& moved) {
    for (;;) {
        if (std::exchange(has_message_end_, false))
            return InputEvent::message_end;
        if (sink.at_end())
            return InputEvent::sink_full;
        if (received.empty())
            return InputEvent::need_bytes;
        if (left_ != 0) {
            move_payload(received, sink, moved);
            continue;
        }
        auto event = InputEvent::need_bytes;
        if (take_header(received, event) == Step::stop)
            return event;
    }
}

// §5.2: FIN, no RSV, text or binary; a length in 7 bits.
bool FrameInput::take_message(ByteView& received, ByteQueue& message, Opcode& kind,
                              std::size_t limit) {
    constexpr unsigned fin_bit = 0x80, mask_bit = 0x80, max_short_length = 125;
    if (received.size() < 2 || has_message_end_ || !is_at_boundary())
        return false;
    const auto first = std::to_integer<unsigned>(received[0]);
    const auto second = std::to_integer<unsigned>(received[1]);
    const bool is_masked = role_ == Role::server;
    const std::size_t length = second & ~mask_bit;
    const std::size_t header = 2 + (is_masked ? mask_.size() : 0);
    if ((first != (fin_bit | unsigned(Opcode::text)) &&
         first != (fin_bit | unsigned(Opcode::binary))) ||
        ((second & mask_bit) != 0) != is_masked || length > max_short_length ||
        received.size() < header + length || length > limit)
        return false;
    MaskKey mask{};
    if (is_masked)
        std::memcpy(mask.data(), received.data() + 2, mask.size());
    unmask_copy(message.prepare(length), received.subspan(header, length), mask, 0);
    message.commit(length);
    received = received.subspan(header + length);
    kind = Opcode(first & ~fin_bit);
    return true;
}

void FrameInput::move_payload(ByteView& received, IovecCursor& sink, std::size_t& moved) {
    const MutableBytes target = sink.front();
    const std::size_t count =
        std::min<std::uint64_t>({left_, received.size(), target.size()});
    if (role_ == Role::server)
        unmask_copy(target, received.first(count), mask_, offset_);
    else if (target.data() != received.data())
        std::memmove(target.data(), received.data(), count);
    received = received.subspan(count);
    sink.advance(count);
    moved += count;
    left_ -= count;
    offset_ = (offset_ + count) % 4;
    note_end();
}

void FrameInput::note_end() {
    has_message_end_ = framing_ == Framing::messages && is_last_frame_ && left_ == 0;
}

FrameInput::Step FrameInput::take_header(ByteView& received, InputEvent& event) {
    const auto parsed = parse_frame_header(received, role_);
    if (!parsed)
        return refuse(parsed.error(), event);
    if (!*parsed)
        return Step::stop;
    const FrameHeader& header = **parsed;
    if (is_control(header.opcode))
        return take_control(received, header, event);
    if (const auto use = rules_.next(header); !use)
        return refuse(use.error(), event);
    received = received.subspan(header.header_size);
    left_ = header.length;
    mask_ = header.mask;
    offset_ = 0;
    is_last_frame_ = header.fin;
    note_end();
    return Step::go_on;
}

FrameInput::Step FrameInput::take_control(ByteView& received, const FrameHeader& header,
                                          InputEvent& event) {
    // At most 125 bytes: parse_frame_header() has seen to it.
    const auto length = std::size_t(header.length);
    if (received.size() < header.header_size + length)
        return Step::stop;
    if (const auto use = rules_.next(header); !use)
        return refuse(use.error(), event);
    control_.opcode = header.opcode;
    control_.size = length;
    unmask_copy(control_.bytes, received.subspan(header.header_size, length), header.mask,
                0);
    received = received.subspan(header.header_size + length);
    event = InputEvent::control;
    return Step::stop;
}

FrameInput::Step FrameInput::refuse(const Violation& violation, InputEvent& event) {
    violation_ = violation;
    event = InputEvent::violation;
    return Step::stop;
}

} // namespace qio::ws
