// internal: the frame header: parsing, encoding, and the order of frames (RFC 6455 §5).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "io/base/bytes.hpp"
#include "io/websock/close-code.hpp"
#include "io/websock/unmask.hpp"

namespace qio::ws {

/// Source: RFC 6455 §11.8. The other values up to 15 are reserved.
enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

constexpr bool is_known(Opcode opcode) {
    return opcode <= Opcode::binary ||
           (opcode >= Opcode::close && opcode <= Opcode::pong);
}

constexpr bool is_control(Opcode opcode) {
    return opcode >= Opcode::close;
}

/// Which end of the connection we are. A server takes masked frames only, a client
/// unmasked ones only.
enum class Role : std::uint8_t { server, client };

/// Whether a frame is the last one of its message.
enum class Fin : bool { no, yes };

constexpr std::size_t max_frame_header = 14;

/// The first reserved bit: in a message's first frame, that the message is compressed.
/// Source: RFC 7692 §6.
constexpr std::uint8_t rsv1 = 4;

struct FrameHeader {
    bool fin = true;
    std::uint8_t rsv = 0; ///< RSV1 is 4, RSV2 is 2, RSV3 is 1
    Opcode opcode = Opcode::binary;
    bool masked = false;
    MaskKey mask{};              ///< zeros if not masked
    std::uint64_t length = 0;    ///< of the payload; below 2^63
    std::size_t header_size = 0; ///< bytes in front of the payload

    bool operator==(const FrameHeader&) const = default;
};

/// Parses the frame header at the front of `bytes`; empty while more bytes are needed.
///
/// Errors (all 1002, as soon as the bytes that show them are there): an RSV bit that is
/// not in `allowed_rsv`, a reserved opcode, a control frame that is fragmented or longer
/// than 125 bytes, a mask where none may be or none where one must, a length that is not
/// in its shortest form or is 2^63 and more.
std::expected<std::optional<FrameHeader>, Violation>
parse_frame_header(ByteView bytes, Role role, std::uint8_t allowed_rsv = 0);

/// A header ready to be sent.
struct EncodedHeader {
    std::array<std::byte, max_frame_header> bytes;
    std::size_t size = 0;

    ByteView view() const { return ByteView(bytes).first(size); }
    /// The mask at its end. Requires: it was encoded with one.
    MaskKey mask() const {
        MaskKey key;
        std::copy_n(view().last(key.size()).begin(), key.size(), key.begin());
        return key;
    }
};

/// Encodes the header of a frame whose payload has `length` bytes. With a mask, the
/// payload must be masked with it as well. Requires: length below 2^63, and at most
/// max_control_payload in a control frame.
EncodedHeader encode_frame_header(Opcode opcode, Fin fin, std::uint64_t length,
                                  std::optional<MaskKey> mask = std::nullopt,
                                  std::uint8_t rsv = 0);

/// Whether the owner takes text messages.
enum class AcceptText : bool { no, yes };

/// What to do with a frame's payload.
enum class FrameUse : std::uint8_t {
    data,    ///< the next part of the message
    control, ///< a control frame's; the message is as it was
    ignore,  ///< it came after a close, or after a violation
};

/// Decides which frame may follow which (RFC 6455 §5.4). Holds two small values, whatever
/// the number of fragments.
class FrameRules {
public:
    explicit FrameRules(AcceptText accept_text) : accept_text_(accept_text) {}

    /// Takes the next header that parse_frame_header() accepted.
    /// Errors: 1002 for a continuation of nothing, or a new message within another; 1003
    /// for a text message where text is not accepted.
    std::expected<FrameUse, Violation> next(const FrameHeader& header);

    /// Whether a message has begun and its last frame has not.
    bool is_message_open() const { return message_ != Opcode::continuation; }

    /// The kind, text or binary, of the message the last data frame belongs to.
    Opcode message_opcode() const { return last_; }

private:
    std::expected<FrameUse, Violation> next_data(const FrameHeader& header);

    AcceptText accept_text_;
    bool over_ = false;
    Opcode message_ = Opcode::continuation; ///< of the open message; continuation = none
    Opcode last_ = Opcode::binary;
};

} // namespace qio::ws
