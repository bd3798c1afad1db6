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

/// Third and fourth byte of a client's Audio message.
enum class AudioOperation : std::uint16_t {
    Enable = 0,
    Disable = 1,
    SetFormat = 2,
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
    Qemu = 255, ///< followed by a sub-type, which is 1 for audio
};

/// What the server's audio message tells.
enum class ServerAudioOperation : std::uint16_t {
    End = 0,
    Begin = 1,
    Data = 2,
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
    JPEGSubsampling1X = -768, ///< none
    JPEGSubsampling4X = -767, ///< 4:2:0
    JPEGSubsampling2X = -766, ///< 4:2:2
    JPEGSubsamplingGray = -765,
    JPEGSubsampling8X = -764,
    JPEGSubsampling16X = -763,
    JPEGFineQualityLevel0 = -512,
    JPEGFineQualityLevel100 = -412,
    JPEGQualityLevel0 = -32,
    JPEGQualityLevel9 = -23,
    DesktopSize = -223,
    LastRect = -224,
    PointerPos = -232,
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
    VMwareCursorState = 0x574D5665,
    VMwareCursorPosition = 0x574D5666,
    VMwareLEDState = 0x574D5668,
    VMwareDisplayModeChange = 0x574D5669,
    ExtendedClipboard = std::int32_t(0xC0A1E5CE),
};

/// Offered and chosen in the handshake (RFB, Security).
enum class SecurityType : std::uint8_t {
    Invalid = 0,
    None = 1,
    VNCAuthentication = 2,
    RA2 = 5,
    RA2ne = 6,
    VeNCrypt = 19,
    SASL = 20,
    RA2_256 = 129,
    RA2ne_256 = 130,
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

/// Flags of fences. What a side does not know is not answered.
inline constexpr std::uint32_t fence_block_before = 1u << 0;
inline constexpr std::uint32_t fence_block_after = 1u << 1;
inline constexpr std::uint32_t fence_sync_next = 1u << 2;
inline constexpr std::uint32_t fence_request = 1u << 31;
inline constexpr std::uint32_t fence_known_flags =
    fence_block_before | fence_block_after | fence_sync_next;

/// Flags of an Open H.264 rectangle: its decoder, or all of them, are begun anew.
inline constexpr std::uint32_t h264_reset_context = 1u << 0;
inline constexpr std::uint32_t h264_reset_all_contexts = 1u << 1;

/// The code of an xvp message.
enum class XvpCode : std::uint8_t {
    Fail = 0, ///< server: it was not done
    Init = 1, ///< server: requests are understood
    Shutdown = 2,
    Reboot = 3,
    Reset = 4,
};
inline constexpr std::uint8_t xvp_version = 1;

/// The samples of QEMU audio: little-endian.
enum class AudioSampleFormat : std::uint8_t { U8, S8, U16, S16, U32, S32 };

/// What a client wants to hear. The default is what it gets if it does not say.
struct AudioParameters {
    AudioSampleFormat format = AudioSampleFormat::S16;
    std::uint8_t channels = 2;       ///< 1 or 2
    std::uint32_t frequency = 44100; ///< in Hz, 1 to 48000

    bool operator==(const AudioParameters&) const = default;
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
