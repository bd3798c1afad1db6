// internal: the messages of the extended clipboard. Source: the RFB text, Extended
// Clipboard Pseudo-encoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"

namespace qio::vnc {

// The flags in front of a message: formats in the low half, actions in the high byte.
inline constexpr std::uint32_t clipboard_text = 1u << 0;
inline constexpr std::uint32_t clipboard_caps = 1u << 24;
inline constexpr std::uint32_t clipboard_request = 1u << 25;
inline constexpr std::uint32_t clipboard_peek = 1u << 26;
inline constexpr std::uint32_t clipboard_notify = 1u << 27;
inline constexpr std::uint32_t clipboard_provide = 1u << 28;

/// The longest text that is taken from a client, as it travels: with CRLF, and a NUL.
inline constexpr std::size_t max_clipboard_text_bytes = 1 << 20;

/// What the other side can do.
struct ClipboardCaps {
    std::uint32_t flags = 0; ///< its formats and actions
    /// The longest text that it takes without having asked for it; 0 without that format.
    std::uint32_t max_text = 0;
    bool operator==(const ClipboardCaps&) const = default;
};

/// Asks for the clipboard in these formats.
struct ClipboardRequest {
    bool text = false;
    bool operator==(const ClipboardRequest&) const = default;
};

/// Asks which formats there are.
struct ClipboardPeek {
    bool operator==(const ClipboardPeek&) const = default;
};

/// There is something new in these formats.
struct ClipboardNotify {
    bool text = false;
    bool operator==(const ClipboardNotify&) const = default;
};

/// Brings it.
struct ClipboardProvide {
    /// Valid UTF-8, lines end in LF, without NULs; empty if it has no text, or one of
    /// more than max_clipboard_text_bytes.
    std::optional<std::string> text;
    bool operator==(const ClipboardProvide&) const = default;
};

/// The first is a message of some action that we do not know.
using ClipboardMessage = std::variant<std::monostate, ClipboardCaps, ClipboardRequest,
                                      ClipboardPeek, ClipboardNotify, ClipboardProvide>;

/// A client's message, from its flags on. Only text is looked at, and no more is
/// decompressed than it has: at most max_clipboard_text_bytes, in time and memory.
/// Errors: protocol (too short, compressed data that is broken or shorter than it says).
Result<ClipboardMessage> parse_clipboard_message(ByteView payload);

// The payloads of messages to clients; see append_extended_server_cut_text().

/// Everything here, for text; the client may bring at most so many bytes unasked.
Bytes clipboard_caps_message(std::uint32_t max_unsolicited_text);
Bytes clipboard_request_message();
/// Text, or nothing at all.
Bytes clipboard_notify_message(bool text);
/// The text with CRLF and a NUL, compressed.
/// Errors: exhausted (memory).
Result<Bytes> clipboard_provide_message(std::string_view utf8);

} // namespace qio::vnc
