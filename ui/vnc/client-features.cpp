// What a client's SetEncodings lets us use.
#include "ui/vnc/client-features.hpp"

#include <algorithm>

#include "ui/vnc/encodings/encoders.hpp"
#include "ui/vnc/encodings/h264-compressor.hpp"
#include "ui/vnc/encodings/quality.hpp"

namespace qio::vnc {

namespace {

/// The level that a number of the range stands for; empty outside.
std::optional<int> level_in(Encoding encoding, Encoding lowest, Encoding highest) {
    if (encoding < lowest || encoding > highest)
        return std::nullopt;
    return int(encoding) - int(lowest);
}

CursorKind cursor_kind(Encoding encoding) {
    switch (encoding) {
    case Encoding::XCursor:
        return CursorKind::x;
    case Encoding::Cursor:
        return CursorKind::rich;
    case Encoding::VMwareCursor:
        return CursorKind::vmware;
    case Encoding::CursorWithAlpha:
        return CursorKind::alpha;
    default:
        return CursorKind::none;
    }
}

/// What the number alone says that a client can do; null if nothing.
bool* flag_of(ClientFeatures& features, Encoding encoding) {
    switch (encoding) {
    case Encoding::OpenH264:
        return &features.h264;
    case Encoding::CopyRect:
        return &features.copy_rect;
    case Encoding::DesktopSize:
        return &features.desktop_size;
    case Encoding::ExtendedDesktopSize:
        return &features.extended_desktop_size;
    case Encoding::VMwareDisplayModeChange:
        return &features.display_mode;
    case Encoding::VMwareCursor:
        return &features.vmware_cursor;
    case Encoding::VMwareCursorState:
        return &features.vmware_cursor_state;
    case Encoding::VMwareCursorPosition:
        return &features.vmware_cursor_position;
    case Encoding::PointerPos:
        return &features.pointer_position;
    case Encoding::QEMUPointerMotionChange:
        return &features.pointer_motion;
    case Encoding::DesktopName:
        return &features.desktop_name;
    case Encoding::QEMUExtendedKeyEvent:
        return &features.extended_keys;
    case Encoding::ExtendedMouseButtons:
        return &features.extended_mouse_buttons;
    case Encoding::QEMULEDState:
        return &features.led_state;
    case Encoding::VMwareLEDState:
        return &features.vmware_led_state;
    case Encoding::QEMUAudio:
        return &features.audio;
    case Encoding::Xvp:
        return &features.xvp;
    case Encoding::Fence:
        return &features.fence;
    case Encoding::ContinuousUpdates:
        return &features.continuous_updates;
    case Encoding::ExtendedClipboard:
        return &features.extended_clipboard;
    default:
        return nullptr;
    }
}

} // namespace

ClientFeatures features_of(std::span<const Encoding> encodings) {
    ClientFeatures features;
    features.lossy = wished_loss(encodings);
    bool chosen = false;
    bool has_level = false;
    for (const auto encoding : encodings) {
        if (!chosen && can_encode(encoding)) {
            features.encoding = encoding;
            chosen = true;
        }
        const auto level =
            level_in(encoding, Encoding::CompressionLevel0, Encoding::CompressionLevel9);
        if (level && !has_level) {
            features.compression_level = *level;
            has_level = true;
        }
        features.cursor = std::max(features.cursor, cursor_kind(encoding));
        if (bool* const flag = flag_of(features, encoding))
            *flag = true;
    }
    features.h264 = features.h264 && H264Compressor::is_built_in();
    return features;
}

} // namespace qio::vnc
