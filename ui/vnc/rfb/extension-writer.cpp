// Appends the server's messages of the extensions.
#include "ui/vnc/rfb/extension-writer.hpp"

#include <cassert>

#include "ui/vnc/rfb/reader.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

// The same bits in both extensions.
constexpr std::uint8_t led_scroll = 1 << 0;
constexpr std::uint8_t led_num = 1 << 1;
constexpr std::uint8_t led_caps = 1 << 2;

std::uint8_t led_bits(const ui::LockLeds& leds) {
    return std::uint8_t((leds.scroll ? led_scroll : 0) | (leds.num ? led_num : 0) |
                        (leds.caps ? led_caps : 0));
}

void append_audio_head(Bytes& out, ServerAudioOperation operation) {
    ByteWriter(out)
        .put(std::uint8_t(ServerMessageType::Qemu))
        .put(std::uint8_t(QemuClientMessageType::Audio))
        .put(std::uint16_t(operation));
}

} // namespace

void append_end_of_continuous_updates(Bytes& out) {
    out.push_back(std::byte(ServerMessageType::EndOfContinuousUpdates));
}

void append_fence(Bytes& out, std::uint32_t flags, ByteView payload) {
    assert(payload.size() <= max_fence_bytes);
    ByteWriter(out)
        .put(std::uint8_t(ServerMessageType::ServerFence))
        .put_zeros(3)
        .put(flags)
        .put(std::uint8_t(payload.size()))
        .put_bytes(payload);
}

void append_xvp(Bytes& out, XvpCode code) {
    ByteWriter(out)
        .put(std::uint8_t(ServerMessageType::Xvp))
        .put_zeros(1)
        .put(xvp_version)
        .put(std::uint8_t(code));
}

void append_audio(Bytes& out, ServerAudioOperation begin_or_end) {
    assert(begin_or_end != ServerAudioOperation::Data);
    append_audio_head(out, begin_or_end);
}

void append_audio_data(Bytes& out, ByteView samples) {
    append_audio_head(out, ServerAudioOperation::Data);
    ByteWriter(out).put(std::uint32_t(samples.size())).put_bytes(samples);
}

void append_extended_server_cut_text(Bytes& out, ByteView payload) {
    // A negative length tells it from plain text.
    ByteWriter(out)
        .put(std::uint8_t(ServerMessageType::ServerCutText))
        .put_zeros(3)
        .put(std::uint32_t(0 - std::uint32_t(payload.size())))
        .put_bytes(payload);
}

void append_qemu_audio(Bytes& out, int width, int height) {
    append_rectangle(out, {0, 0, width, height}, Encoding::QEMUAudio);
}

void append_extended_mouse_buttons(Bytes& out) {
    append_rectangle(out, {}, Encoding::ExtendedMouseButtons);
}

void append_qemu_pointer_motion(Bytes& out, bool absolute, int width, int height) {
    append_rectangle(out, {absolute ? 1 : 0, 0, width, height},
                     Encoding::QEMUPointerMotionChange);
}

void append_qemu_led_state(Bytes& out, const ui::LockLeds& leds) {
    append_rectangle(out, {0, 0, 1, 1}, Encoding::QEMULEDState);
    out.push_back(std::byte(led_bits(leds)));
}

void append_vmware_led_state(Bytes& out, const ui::LockLeds& leds) {
    append_rectangle(out, {}, Encoding::VMwareLEDState);
    ByteWriter(out).put(std::uint32_t(led_bits(leds)));
}

void append_vmware_display_mode(Bytes& out, int width, int height,
                                const ui::PixelFormat& format) {
    append_rectangle(out, {0, 0, width, height}, Encoding::VMwareDisplayModeChange);
    append_pixel_format(out, format);
}

} // namespace qio::vnc
