// internal: turns bytes from a client into messages. Source: RFC 6143 §7.5 and the RFB
// text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// The longest cut text; a longer one is refused when its length arrives.
inline constexpr std::size_t max_cut_text_bytes = 1 << 20;
/// The longest message there is: a ClientCutText. All of a message must be buffered to be
/// parsed.
inline constexpr std::size_t max_client_message_bytes = 8 + max_cut_text_bytes;
/// How many encodings of one SetEncodings are kept. Clients list what they like best
/// first and know a few dozen; the message may hold 65535 of them.
inline constexpr std::size_t max_encodings = 1024;

struct SetPixelFormat {
    ui::PixelFormat format; ///< passed ui::check()
    bool operator==(const SetPixelFormat&) const = default;
};

struct SetEncodings {
    /// In the client's order, unknown and repeated numbers included.
    std::vector<Encoding> encodings;
    bool operator==(const SetEncodings&) const = default;
};

struct FramebufferUpdateRequest {
    bool incremental = false;
    ui::Rect area; ///< as sent: it may be empty, or lie outside the framebuffer
    bool operator==(const FramebufferUpdateRequest&) const = default;
};

struct KeyEvent {
    bool down = false;
    std::uint32_t keysym = 0;
    bool operator==(const KeyEvent&) const = default;
};

struct PointerEvent {
    std::uint8_t button_mask = 0;
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    bool operator==(const PointerEvent&) const = default;
};

struct ClientCutText {
    Bytes latin1; ///< any bytes; see ui::utf8_from_latin1()
    bool operator==(const ClientCutText&) const = default;
};

struct SetDesktopSize {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::vector<Screen> screens; ///< as sent, at most 255
    bool operator==(const SetDesktopSize&) const = default;
};

struct QemuExtendedKeyEvent {
    bool down = false;
    std::uint32_t keysym = 0;
    std::uint32_t xt_keycode = 0;
    bool operator==(const QemuExtendedKeyEvent&) const = default;
};

using ClientMessage =
    std::variant<SetPixelFormat, SetEncodings, FramebufferUpdateRequest, KeyEvent,
                 PointerEvent, ClientCutText, SetDesktopSize, QemuExtendedKeyEvent>;

/// A message, and how many bytes it took.
struct Parsed {
    ClientMessage message;
    std::size_t consumed = 0;
};

/// How many bytes the message at the front of `bytes` needs, as far as they tell: more
/// than bytes.size() as long as it is not complete, and at most max_client_message_bytes.
/// Nothing behind the message is looked at.
/// Errors: protocol (unknown type or sub-type, negative length), limit (cut text).
Result<std::size_t> client_message_size(ByteView bytes);

/// The message at the front of `bytes`; empty if it is not complete yet.
/// Errors: as client_message_size(), and protocol for an impossible pixel format. An
/// error is final: where the next message starts is unknown.
Result<std::optional<Parsed>> parse_client_message(ByteView bytes);

} // namespace qio::vnc
