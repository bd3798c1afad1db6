// internal: appends the server's messages of the extensions. Source: the RFB text.
#pragma once

#include <cstdint>

#include "io/base/bytes.hpp"
#include "ui/input.hpp"
#include "ui/pixel-format.hpp"
#include "ui/vnc/rfb/types.hpp"

// Everywhere: padding is zero, and sizes are 0 to 65535. Nothing here may be sent to a
// client that has not listed the extension.
namespace qio::vnc {

// Messages.

/// Tells that continuous updates are understood, and later that they have ended.
void append_end_of_continuous_updates(Bytes& out);
/// A request, with the flag for it, or the answer to one. Requires: at most
/// max_fence_bytes.
void append_fence(Bytes& out, std::uint32_t flags, ByteView payload);
/// Init or Fail.
void append_xvp(Bytes& out, XvpCode code);
void append_audio(Bytes& out, ServerAudioOperation begin_or_end);
/// Samples as the client wants them. Requires: less than 4 GiB.
void append_audio_data(Bytes& out, ByteView samples);
/// What clipboard-message makes.
void append_extended_server_cut_text(Bytes& out, ByteView payload);

// Whole pseudo-rectangles; each counts as one of a FramebufferUpdate.

/// Tells that audio messages are understood. Units/limits: the framebuffer's.
void append_qemu_audio(Bytes& out, int width, int height);
/// Tells that the eighth and ninth button are understood.
void append_extended_mouse_buttons(Bytes& out);
/// Which positions are wanted from now on: absolute ones, or changes.
void append_qemu_pointer_motion(Bytes& out, bool absolute, int width, int height);
void append_qemu_led_state(Bytes& out, const ui::LockLeds& leds);
void append_vmware_led_state(Bytes& out, const ui::LockLeds& leds);
/// The framebuffer's size, and the format of its pixels from the next rectangle on.
void append_vmware_display_mode(Bytes& out, int width, int height,
                                const ui::PixelFormat& format);

} // namespace qio::vnc
