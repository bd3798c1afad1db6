// internal: the protocol's numbers, under the names the RFB text gives them.
// Source: RFC 6143 and the community's RFB protocol text, cited as "RFB".
#pragma once

#include <cstdint>

namespace qio::vnc {

/// First byte of what clients send.
enum class ClientMessageType : std::uint8_t {
    SetPixelFormat = 0,
    SetEncodings = 2,
    FramebufferUpdateRequest = 3,
    KeyEvent = 4,
    PointerEvent = 5,
    ClientCutText = 6,
    EnableContinuousUpdates = 150,
    ClientFence = 248,
    Xvp = 250,
    SetDesktopSize = 251,
    Qemu = 255, ///< followed by a sub-type
};

/// Second byte of a client's Qemu message.
enum class QemuClientMessageType : std::uint8_t {
    ExtendedKeyEvent = 0,
    Audio = 1,
};

/// First byte of what the server sends.
enum class ServerMessageType : std::uint8_t {
    FramebufferUpdate = 0,
    SetColourMapEntries = 1,
    Bell = 2,
    ServerCutText = 3,
    EndOfContinuousUpdates = 150,
    ServerFence = 248,
    Xvp = 250,
    Qemu = 255,
};

/// Encodings and pseudo-encodings: in rectangle headers, and offered by clients.
enum class Encoding : std::int32_t {
    Raw = 0,
    CopyRect = 1,
    RRE = 2,
    Hextile = 5,
    Zlib = 6,
    Tight = 7,
    TRLE = 15,
    ZRLE = 16,
    ZYWRLE = 17,
    JPEG = 21,
    OpenH264 = 50,
    JPEGQualityLevel0 = -32,
    JPEGQualityLevel9 = -23,
    DesktopSize = -223,
    LastRect = -224,
    Cursor = -239,
    XCursor = -240,
    CompressionLevel0 = -256,
    CompressionLevel9 = -247,
    QEMUPointerMotionChange = -257,
    QEMUExtendedKeyEvent = -258,
    QEMUAudio = -259,
    TightPNG = -260,
    QEMULEDState = -261,
    DesktopName = -307,
    ExtendedDesktopSize = -308,
    Xvp = -309,
    Fence = -312,
    ContinuousUpdates = -313,
    CursorWithAlpha = -314,
    ExtendedMouseButtons = -316,
    TightWithoutZlib = -317,
    VMwareCursor = 0x574D5664,
    VMwareDisplayModeChange = 0x574D5669,
    ExtendedClipboard = std::int32_t(0xC0A1E5CE),
};

/// Offered and chosen in the handshake (RFB, Security).
enum class SecurityType : std::uint8_t {
    Invalid = 0,
    None = 1,
    VNCAuthentication = 2,
    VeNCrypt = 19,
    SASL = 20,
};

/// Why an ExtendedDesktopSize rectangle is sent (its x-position).
enum class DesktopSizeReason : std::uint16_t {
    Server = 0,      ///< the server changed it, or tells it
    ThisClient = 1,  ///< answers the SetDesktopSize of the client that gets it
    OtherClient = 2, ///< another client changed it
};

/// How a SetDesktopSize ended (the rectangle's y-position).
enum class DesktopSizeStatus : std::uint16_t {
    NoError = 0,
    ResizeProhibited = 1,
    OutOfResources = 2,
    InvalidLayout = 3,
    RequestForwarded = 4,
};

/// The SCREEN of ExtendedDesktopSize and SetDesktopSize.
struct Screen {
    std::uint32_t id = 0;
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint32_t flags = 0;

    bool operator==(const Screen&) const = default;
};

} // namespace qio::vnc
