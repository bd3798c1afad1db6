// The frame header and the order of frames. Sections are those of RFC 6455.
#include "io/websock/frame.hpp"

#include <algorithm>

namespace qio::ws {

namespace {

using Broken = std::optional<Violation>;

constexpr std::size_t fixed_size = 2;
constexpr unsigned fin_bit = 0x80;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_mask = 0x7F;
constexpr unsigned length_16 = 126;
constexpr unsigned length_64 = 127;

Violation protocol_error(std::string_view reason) {
    return {CloseCode::protocol_error, reason};
}

/// The first byte: FIN, RSV and the opcode.
Broken parse_kind(std::byte byte, std::uint8_t allowed_rsv, FrameHeader& header) {
    auto bits = std::to_integer<unsigned>(byte);
    header.fin = bits & fin_bit;
    header.rsv = std::uint8_t(bits >> 4 & 7);
    header.opcode = Opcode(bits & 0xF);
    if (header.rsv & ~allowed_rsv)
        return protocol_error("reserved bit set");
    if (!is_known(header.opcode))
        return protocol_error("reserved opcode");
    if (is_control(header.opcode) && !header.fin)
        return protocol_error("fragmented control frame");
    return std::nullopt;
}

/// The second byte: MASK and the short length, which may announce a longer one.
Broken parse_shape(std::byte byte, Role role, FrameHeader& header) {
    auto bits = std::to_integer<unsigned>(byte);
    header.masked = bits & mask_bit;
    header.length = bits & length_mask;
    if (header.masked && role == Role::client)
        return protocol_error("server frames must not be masked");
    if (!header.masked && role == Role::server)
        return protocol_error("client frames must be masked");
    if (is_control(header.opcode) && header.length > max_control_payload)
        return protocol_error("control frame is too large");
    return std::nullopt;
}

std::size_t length_size(std::uint64_t short_length) {
    return short_length == length_64 ? 8 : short_length == length_16 ? 2 : 0;
}

/// The extended length, of which `bytes` may still be only a part.
Broken parse_length(ByteView bytes, std::size_t size, FrameHeader& header) {
    std::uint64_t length = 0;
    for (auto byte : bytes)
        length = length << 8 | std::to_integer<std::uint64_t>(byte);
    // The value that the bytes seen give at least, and at most.
    auto unseen = 8 * (size - bytes.size());
    auto rest = unseen == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << unseen) - 1;
    auto least = unseen == 64 ? 0 : length << unseen;
    if (least >> 63)
        return protocol_error("length of 2^63 or more");
    auto minimum = size == 8 ? std::uint64_t{0x10000} : std::uint64_t{length_16};
    if ((least | rest) < minimum)
        return protocol_error("length is not in its shortest form");
    header.length = least;
    return std::nullopt;
}

} // namespace

// §5.2.
std::expected<std::optional<FrameHeader>, Violation>
parse_frame_header(ByteView bytes, Role role, std::uint8_t allowed_rsv) {
    FrameHeader header;
    if (bytes.empty())
        return std::nullopt;
    if (auto broken = parse_kind(bytes[0], allowed_rsv, header))
        return std::unexpected(*broken);
    if (bytes.size() < fixed_size)
        return std::nullopt;
    if (auto broken = parse_shape(bytes[1], role, header))
        return std::unexpected(*broken);

    auto extended = length_size(header.length);
    auto mask_at = fixed_size + extended;
    if (extended != 0) {
        auto seen =
            bytes.subspan(fixed_size, std::min(extended, bytes.size() - fixed_size));
        if (auto broken = parse_length(seen, extended, header))
            return std::unexpected(*broken);
    }
    header.header_size = mask_at + (header.masked ? header.mask.size() : 0);
    if (bytes.size() < header.header_size)
        return std::nullopt;
    if (header.masked)
        std::ranges::copy(bytes.subspan(mask_at, header.mask.size()),
                          header.mask.begin());
    return header;
}

EncodedHeader encode_frame_header(Opcode opcode, Fin fin, std::uint64_t length,
                                  std::optional<MaskKey> mask, std::uint8_t rsv) {
    EncodedHeader header;
    auto put = [&](auto value) {
        store_be(header.bytes.data() + header.size, value);
        header.size += sizeof value;
    };
    auto put_length = [&](unsigned short_length) {
        put(std::uint8_t((mask ? mask_bit : 0) | short_length));
    };
    put(std::uint8_t((fin == Fin::yes ? fin_bit : 0) | unsigned(rsv) << 4 |
                     unsigned(opcode)));
    if (length < length_16) {
        put_length(unsigned(length));
    } else if (length < 0x10000) {
        put_length(length_16);
        put(std::uint16_t(length));
    } else {
        put_length(length_64);
        put(length);
    }
    if (mask) {
        std::ranges::copy(*mask, header.bytes.begin() + std::ptrdiff_t(header.size));
        header.size += mask->size();
    }
    return header;
}

std::expected<FrameUse, Violation> FrameRules::next(const FrameHeader& header) {
    if (over_)
        return FrameUse::ignore;
    if (is_control(header.opcode)) {
        over_ = header.opcode == Opcode::close;
        return FrameUse::control;
    }
    auto use = next_data(header);
    over_ = !use;
    return use;
}

// §5.4.
std::expected<FrameUse, Violation> FrameRules::next_data(const FrameHeader& header) {
    if (header.opcode == Opcode::continuation) {
        if (!is_message_open())
            return std::unexpected(protocol_error("continuation of no message"));
    } else {
        if (is_message_open())
            return std::unexpected(protocol_error("message within a message"));
        if (header.opcode == Opcode::text && accept_text_ == AcceptText::no)
            return std::unexpected(
                Violation{CloseCode::unsupported_data, "text is not supported"});
        last_ = header.opcode;
    }
    message_ = header.fin ? Opcode::continuation : last_;
    return FrameUse::data;
}

} // namespace qio::ws
