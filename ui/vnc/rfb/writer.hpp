// internal: appends the server's messages to a byte vector. Source: RFC 6143 §7 and the
// RFB text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "io/base/bytes.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/rfb/types.hpp"
#include "ui/vnc/rfb/version.hpp"

// Everywhere: padding is zero, and sizes and positions are 0 to 65535.
namespace qio::vnc {

/// The PIXEL_FORMAT of other messages.
void append_pixel_format(Bytes& out, const ui::PixelFormat& format);

/// From 3.7 on a list of at most 255 types, and for 3.3 the first of them. Requires: not
/// empty.
void append_security_types(Bytes& out, Version version,
                           std::span<const SecurityType> types);
/// Instead of the list: the connection ends here, for this reason.
void append_connection_failed(Bytes& out, Version version, std::string_view reason);
/// SecurityResult "OK".
void append_security_result(Bytes& out);
/// SecurityResult "failed"; the reason travels from 3.8 on.
void append_security_failure(Bytes& out, Version version, std::string_view reason);

void append_server_init(Bytes& out, int width, int height, const ui::PixelFormat& format,
                        std::string_view name);

/// As rectangle count: as many as come before the LastRect.
inline constexpr std::uint16_t until_last_rect = 0xFFFF;

/// Starts a FramebufferUpdate of `count` rectangles, which follow.
void append_framebuffer_update(Bytes& out, std::uint16_t count);
/// A rectangle's header; its payload, if the encoding has one, follows.
void append_rectangle(Bytes& out, const ui::Rect& rect, Encoding encoding);

/// A whole rectangle: the client copies it from `source`, where it sees it. Units/limits:
/// the framebuffer's.
void append_copy_rect(Bytes& out, const ui::Rect& rect, const ui::Point& source);

// Whole pseudo-rectangles; each counts as one of a FramebufferUpdate.

void append_desktop_size(Bytes& out, int width, int height);
/// Requires: at most 255 screens.
void append_extended_desktop_size(Bytes& out, DesktopSizeReason reason,
                                  DesktopSizeStatus status, int width, int height,
                                  std::span<const Screen> screens);
void append_desktop_name(Bytes& out, std::string_view name);
/// Tells that QEMU extended key events are understood. Units/limits: the framebuffer's.
void append_qemu_extended_key_event(Bytes& out, int width, int height);
void append_last_rect(Bytes& out);

/// Sets entries from `first` on. Requires: all indices are below 65536.
void append_colour_map(Bytes& out, std::uint16_t first,
                       std::span<const ui::ColourMapEntry> entries);
void append_bell(Bytes& out);
/// The text in Latin-1; characters that has not become '?'.
void append_server_cut_text(Bytes& out, std::string_view utf8);

} // namespace qio::vnc
