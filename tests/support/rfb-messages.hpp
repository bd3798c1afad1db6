// What an RFB client sends and the numbers in it, written from the RFB text alone.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "io/base/bytes.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"

namespace qio::test::rfb {

// Encodings and pseudo-encodings.
inline constexpr int raw = 0;
inline constexpr int copy_rect = 1;
inline constexpr int zlib = 6;
inline constexpr int tight_png = -260;
inline constexpr int last_pseudo_encodings = 0x574D0000; // VMware's, and beyond
inline constexpr int desktop_size = -223;
inline constexpr int pointer_position = -232;
inline constexpr int cursor = -239;
inline constexpr int x_cursor = -240;
inline constexpr int compression_level_0 = -256;
inline constexpr int pointer_motion = -257;
inline constexpr int extended_key = -258;
inline constexpr int audio = -259;
inline constexpr int led_state = -261;
inline constexpr int desktop_name = -307;
inline constexpr int extended_desktop_size = -308;
inline constexpr int xvp = -309;
inline constexpr int fence = -312;
inline constexpr int cursor_with_alpha = -314;
inline constexpr int extended_mouse_buttons = -316;
inline constexpr int vmware_cursor = 0x574D5664;
inline constexpr int vmware_cursor_state = 0x574D5665;
inline constexpr int vmware_cursor_position = 0x574D5666;
inline constexpr int vmware_led_state = 0x574D5668;
inline constexpr int vmware_display_mode = 0x574D5669;
inline constexpr int extended_clipboard = int(0xC0A1E5CE);

inline Bytes set_pixel_format(const ui::PixelFormat& format) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(0))
        .put_zeros(3)
        .put(format.bits_per_pixel)
        .put(format.depth)
        .put(std::uint8_t(format.big_endian))
        .put(std::uint8_t(format.true_colour))
        .put(format.red_max)
        .put(format.green_max)
        .put(format.blue_max)
        .put(format.red_shift)
        .put(format.green_shift)
        .put(format.blue_shift)
        .put_zeros(3);
    return out;
}

inline Bytes set_encodings(std::span<const int> encodings) {
    Bytes out;
    ByteWriter writer(out);
    writer.put(std::uint8_t(2)).put_zeros(1).put(std::uint16_t(encodings.size()));
    for (const int encoding : encodings)
        writer.put(std::uint32_t(encoding));
    return out;
}

inline Bytes set_encodings(std::initializer_list<int> encodings) {
    return set_encodings(std::span(encodings.begin(), encodings.size()));
}

inline Bytes update_request(bool incremental, const ui::Rect& area) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(3))
        .put(std::uint8_t(incremental))
        .put(std::uint16_t(area.x))
        .put(std::uint16_t(area.y))
        .put(std::uint16_t(area.width))
        .put(std::uint16_t(area.height));
    return out;
}

inline Bytes key_event(bool down, std::uint32_t keysym) {
    Bytes out;
    ByteWriter(out).put(std::uint8_t(4)).put(std::uint8_t(down)).put_zeros(2).put(keysym);
    return out;
}

inline Bytes pointer_event(unsigned buttons, int x, int y) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(5))
        .put(std::uint8_t(buttons))
        .put(std::uint16_t(x))
        .put(std::uint16_t(y));
    return out;
}

/// The head of a ClientCutText that announces `length` bytes.
inline Bytes cut_text_head(std::uint32_t length) {
    Bytes out;
    ByteWriter(out).put(std::uint8_t(6)).put_zeros(3).put(length);
    return out;
}

inline Bytes cut_text(std::string_view latin1) {
    Bytes out = cut_text_head(std::uint32_t(latin1.size()));
    ByteWriter(out).put_bytes(as_bytes(latin1));
    return out;
}

/// A message of the extended clipboard, from its flags on.
inline Bytes clipboard(ByteView payload) {
    Bytes out = cut_text_head(std::uint32_t(0) - std::uint32_t(payload.size()));
    ByteWriter(out).put_bytes(payload);
    return out;
}

inline Bytes fence_message(std::uint32_t flags, std::string_view payload) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(248))
        .put_zeros(3)
        .put(flags)
        .put(std::uint8_t(payload.size()))
        .put_bytes(as_bytes(payload));
    return out;
}

inline Bytes xvp_message(unsigned code) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(250))
        .put_zeros(1)
        .put(std::uint8_t(1))
        .put(std::uint8_t(code));
    return out;
}

/// Audio: 0 turns it on, 1 off.
inline Bytes audio_message(unsigned operation) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(255))
        .put(std::uint8_t(1))
        .put(std::uint16_t(operation));
    return out;
}

inline Bytes audio_format(unsigned format, unsigned channels, std::uint32_t frequency) {
    Bytes out = audio_message(2);
    ByteWriter(out).put(std::uint8_t(format)).put(std::uint8_t(channels)).put(frequency);
    return out;
}

inline Bytes set_desktop_size(int width, int height, unsigned screens = 1) {
    Bytes out;
    ByteWriter writer(out);
    writer.put(std::uint8_t(251)).put_zeros(1);
    writer.put(std::uint16_t(width)).put(std::uint16_t(height));
    writer.put(std::uint8_t(screens)).put_zeros(1);
    for (unsigned id = 0; id < screens; ++id)
        writer.put(std::uint32_t(id))
            .put_zeros(4)
            .put(std::uint16_t(width))
            .put(std::uint16_t(height))
            .put_zeros(4);
    return out;
}

struct ScreenWish {
    std::uint32_t id;
    ui::Rect area;
};
inline Bytes set_screens(int width, int height,
                         std::initializer_list<ScreenWish> screens) {
    Bytes out;
    ByteWriter writer(out);
    writer.put(std::uint8_t(251)).put_zeros(1);
    writer.put(std::uint16_t(width)).put(std::uint16_t(height));
    writer.put(std::uint8_t(screens.size())).put_zeros(1);
    for (const auto& [id, area] : screens)
        writer.put(id)
            .put(std::uint16_t(area.x))
            .put(std::uint16_t(area.y))
            .put(std::uint16_t(area.width))
            .put(std::uint16_t(area.height))
            .put_zeros(4);
    return out;
}

inline Bytes extended_key_event(bool down, std::uint32_t keysym, std::uint32_t keycode) {
    Bytes out;
    ByteWriter(out)
        .put(std::uint8_t(255))
        .put(std::uint8_t(0))
        .put(std::uint16_t(down))
        .put(keysym)
        .put(keycode);
    return out;
}

/// The messages one behind the other.
inline Bytes joined(std::initializer_list<Bytes> messages) {
    Bytes out;
    for (const auto& message : messages)
        ByteWriter(out).put_bytes(message);
    return out;
}

inline Bytes repeated(const Bytes& message, std::size_t times) {
    Bytes out;
    out.reserve(message.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        ByteWriter(out).put_bytes(message);
    return out;
}

} // namespace qio::test::rfb
