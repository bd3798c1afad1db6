// internal: what a client's SetEncodings lets us use. Source: RFB, SetEncodings and the
// pseudo-encodings.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// The compression level of clients that do not name one: fast, and small enough.
inline constexpr int default_compression_level = 2;

/// How a client wants to be told of the pointer's picture. The later the better.
enum class CursorKind : std::uint8_t { none, x, rich, vmware, alpha };

struct ClientFeatures {
    /// The first encoding of the list that there is an encoder for; Raw if none is.
    Encoding encoding = Encoding::Raw;
    int compression_level = default_compression_level;
    std::optional<Lossy> lossy{}; ///< what the client would let us lose
    bool h264 = false;            ///< it can decode video, and we can make it
    bool copy_rect = false;
    bool desktop_size = false;
    bool extended_desktop_size = false;
    /// VMware's mode change. To a client that knows nothing better it tells a new size.
    bool display_mode = false;
    CursorKind cursor = CursorKind::none; ///< the best it knows
    bool vmware_cursor = false; ///< it may know a better one, but none that inverts
    bool vmware_cursor_state = false;
    bool vmware_cursor_position = false;
    bool pointer_position = false;
    bool pointer_motion = false; ///< it can be asked for how far the pointer moved
    bool desktop_name = false;
    bool extended_keys = false;
    bool extended_mouse_buttons = false;
    bool led_state = false;
    bool vmware_led_state = false;
    bool audio = false;
    bool xvp = false;
    bool fence = false;
    bool continuous_updates = false;
    bool extended_clipboard = false;

    bool can_resize() const {
        return desktop_size || extended_desktop_size || display_mode;
    }
    /// Whether it is told of the lock keys, and can keep its own in step.
    bool knows_leds() const { return led_state || vmware_led_state; }

    bool operator==(const ClientFeatures&) const = default;
};

/// Clients list what they like best first; unknown and repeated numbers do no harm.
ClientFeatures features_of(std::span<const Encoding> encodings);

} // namespace qio::vnc
