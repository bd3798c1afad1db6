// internal: the cursor in the ways that clients can be told of it. Source: RFC 6143
// §7.8.1 and the RFB text.
#pragma once

#include "io/base/bytes.hpp"
#include "ui/cursor.hpp"
#include "ui/pixel-format.hpp"

// Whole pseudo-rectangles; each counts as one of a FramebufferUpdate. Where a position is
// asked for it is in the framebuffer, and both coordinates are 0 to 65535.
namespace qio::vnc {

/// Two colours and a shape, for clients with few colours: light pixels get the mean of
/// the light ones, dark pixels that of the dark ones.
void append_x_cursor(Bytes& out, const ui::Cursor& cursor);
/// The colours in the client's format: opaque from half transparency on.
void append_cursor(Bytes& out, const ui::Cursor& cursor,
                   const ui::PixelConverter& converter);
/// All colours and their transparency, multiplied by it.
void append_cursor_with_alpha(Bytes& out, const ui::Cursor& cursor);
/// The same for clients that know VMware's, with colours as they are; or a cursor that
/// inverts as two masks in the client's format.
void append_vmware_cursor(Bytes& out, const ui::Cursor& cursor,
                          const ui::PixelConverter& converter);
/// Whether the pointer is to be seen.
void append_vmware_cursor_state(Bytes& out, bool visible);
/// The pointer was moved there by the emulator.
void append_vmware_cursor_position(Bytes& out, int x, int y);
void append_pointer_position(Bytes& out, int x, int y);

} // namespace qio::vnc
