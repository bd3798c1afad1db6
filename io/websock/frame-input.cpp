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

// §5.2, for what is most frequent: FIN, no reserved bits, a length of 7 bits.
std::optional<WholeMessage> FrameInput::take_whole(MutableBytes received,
                                                   std::size_t& size) const {
    constexpr unsigned fin = 0x80, masked = 0x80, length_16 = 126;
    if (received.size() < 2)
        return std::nullopt;
    const auto first = std::to_integer<unsigned>(received[0]);
    const auto second = std::to_integer<unsigned>(received[1]);
    const Opcode opcode{std::uint8_t(first & ~fin)};
    const bool is_ours = ((second & masked) != 0) == (role_ == Role::server);
    const std::size_t length = second & ~masked;
    const std::size_t header = role_ == Role::server ? 6 : 2;
    if ((first & fin) == 0 || (opcode != Opcode::text && opcode != Opcode::binary) ||
        !is_ours || length >= length_16 || received.size() < header + length)
        return std::nullopt;
    const MutableBytes payload = received.subspan(header, length);
    if (role_ == Role::server) {
        MaskKey key;
        std::copy_n(received.begin() + 2, key.size(), key.begin());
        unmask(payload, key, 0);
    }
    size += header + length;
    return WholeMessage{opcode, payload};
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
    has_message_end_ = tells_end_ && is_last_frame_ && left_ == 0;
}

FrameInput::Step FrameInput::take_header(ByteView& received, InputEvent& event) {
    const auto parsed = parse_frame_header(received, role_, tells_start_ ? rsv1 : 0);
    if (!parsed)
        return refuse(parsed.error(), event);
    if (!*parsed)
        return Step::stop;
    const FrameHeader& header = **parsed;
    // RFC 7692 §6.1: only the first frame of a message bears it.
    const bool begins =
        !is_control(header.opcode) && header.opcode != Opcode::continuation;
    if (header.rsv != 0 && !begins)
        return refuse({CloseCode::protocol_error, "reserved bit set"}, event);
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
    if (!tells_start_ || !begins)
        return Step::go_on;
    is_compressed_ = header.rsv != 0;
    event = InputEvent::message_start;
    return Step::stop;
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
