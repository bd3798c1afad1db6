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

/// The most that a fence carries.
inline constexpr std::size_t max_fence_bytes = 64;

/// The extensions that a client may use, because it listed them once and was told that we
/// know them. A later SetEncodings without them does not take them away: messages may be
/// on their way.
struct Negotiated {
    bool continuous_updates = false;
    bool fence = false;
    bool xvp = false;
    bool audio = false;
    bool extended_clipboard = false;
    bool extended_mouse_buttons = false;

    bool operator==(const Negotiated&) const = default;
};

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
    std::uint16_t button_mask = 0; ///< as in ui::PointerEvent
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    bool operator==(const PointerEvent&) const = default;
};

struct ClientCutText {
    Bytes latin1; ///< any bytes; see ui::utf8_from_latin1()
    bool operator==(const ClientCutText&) const = default;
};

/// A ClientCutText of the extended clipboard.
struct ClientClipboard {
    Bytes payload; ///< flags and what follows them; see parse_clipboard_message()
    bool operator==(const ClientClipboard&) const = default;
};

struct EnableContinuousUpdates {
    bool enable = false;
    ui::Rect area; ///< as sent
    bool operator==(const EnableContinuousUpdates&) const = default;
};

struct ClientFence {
    std::uint32_t flags = 0; ///< as sent
    Bytes payload;           ///< at most max_fence_bytes
    bool operator==(const ClientFence&) const = default;
};

struct ClientXvp {
    std::uint8_t code = 0; ///< as sent: it may be no XvpCode of a client
    bool operator==(const ClientXvp&) const = default;
};

struct EnableAudio {
    bool enable = false;
    bool operator==(const EnableAudio&) const = default;
};

struct SetAudioFormat {
    AudioParameters parameters; ///< possible ones
    bool operator==(const SetAudioFormat&) const = default;
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
                 PointerEvent, ClientCutText, ClientClipboard, EnableContinuousUpdates,
                 ClientFence, ClientXvp, SetDesktopSize, QemuExtendedKeyEvent,
                 EnableAudio, SetAudioFormat>;

/// A message, and how many bytes it took.
struct Parsed {
    ClientMessage message;
    std::size_t consumed = 0;
};

/// How many bytes the message at the front of `bytes` needs, as far as they tell: more
/// than bytes.size() as long as it is not complete, and at most max_client_message_bytes.
/// Nothing behind the message is looked at.
/// Errors: protocol (unknown or not negotiated), limit (cut text, fence).
Result<std::size_t> client_message_size(ByteView bytes,
                                        const Negotiated& negotiated = {});

/// The message at the front of `bytes`; empty if it is not complete yet.
/// Errors: as client_message_size(), and protocol for an impossible pixel or audio format
/// or an unknown version of xvp. An error is final: the session must end.
Result<std::optional<Parsed>> parse_client_message(ByteView bytes,
                                                   const Negotiated& negotiated = {});

} // namespace qio::vnc
