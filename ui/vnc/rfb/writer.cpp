// Appends the server's messages to a byte vector.
#include "ui/vnc/rfb/writer.hpp"

#include <cassert>
#include <cstddef>

#include "ui/text.hpp"

namespace qio::vnc {

namespace {

std::uint16_t u16(int value) {
    assert(value >= 0 && value <= 0xFFFF);
    return std::uint16_t(value);
}

ByteWriter& put_size(ByteWriter& writer, int width, int height) {
    return writer.put(u16(width)).put(u16(height));
}

/// A U32 length and that many bytes.
void put_string(ByteWriter& writer, ByteView bytes) {
    writer.put(std::uint32_t(bytes.size())).put_bytes(bytes);
}

} // namespace

void append_pixel_format(Bytes& out, const ui::PixelFormat& format) {
    ByteWriter(out)
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
}

void append_security_types(Bytes& out, Version version,
                           std::span<const SecurityType> types) {
    assert(!types.empty() && types.size() <= 0xFF);
    ByteWriter writer(out);
    if (version == Version::v3_3) {
        writer.put(std::uint32_t(types.front()));
        return;
    }
    writer.put(std::uint8_t(types.size())).put_bytes(std::as_bytes(types));
}

void append_connection_failed(Bytes& out, Version version, std::string_view reason) {
    ByteWriter writer(out);
    if (version == Version::v3_3)
        writer.put(std::uint32_t(SecurityType::Invalid));
    else
        writer.put(std::uint8_t(0));
    put_string(writer, as_bytes(reason));
}

void append_security_result(Bytes& out) {
    ByteWriter(out).put(std::uint32_t(0));
}

void append_security_failure(Bytes& out, Version version, std::string_view reason) {
    ByteWriter writer(out);
    writer.put(std::uint32_t(1));
    if (version >= Version::v3_8)
        put_string(writer, as_bytes(reason));
}

void append_server_init(Bytes& out, int width, int height, const ui::PixelFormat& format,
                        std::string_view name) {
    ByteWriter writer(out);
    put_size(writer, width, height);
    append_pixel_format(out, format);
    put_string(writer, as_bytes(name));
}

void append_framebuffer_update(Bytes& out, std::uint16_t count) {
    ByteWriter(out)
        .put(std::uint8_t(ServerMessageType::FramebufferUpdate))
        .put_zeros(1)
        .put(count);
}

void append_rectangle(Bytes& out, const ui::Rect& rect, Encoding encoding) {
    ByteWriter writer(out);
    put_size(writer, rect.x, rect.y);
    put_size(writer, rect.width, rect.height).put(std::uint32_t(encoding));
}

void append_copy_rect(Bytes& out, const ui::Rect& rect, const ui::Point& source) {
    append_rectangle(out, rect, Encoding::CopyRect);
    ByteWriter writer(out);
    put_size(writer, source.x, source.y);
}

void append_desktop_size(Bytes& out, int width, int height) {
    append_rectangle(out, {0, 0, width, height}, Encoding::DesktopSize);
}

void append_extended_desktop_size(Bytes& out, DesktopSizeReason reason,
                                  DesktopSizeStatus status, int width, int height,
                                  std::span<const Screen> screens) {
    assert(screens.size() <= 0xFF);
    append_rectangle(out, {int(reason), int(status), width, height},
                     Encoding::ExtendedDesktopSize);
    ByteWriter writer(out);
    writer.put(std::uint8_t(screens.size())).put_zeros(3);
    for (const auto& screen : screens)
        writer.put(screen.id)
            .put(screen.x)
            .put(screen.y)
            .put(screen.width)
            .put(screen.height)
            .put(screen.flags);
}

void append_desktop_name(Bytes& out, std::string_view name) {
    append_rectangle(out, {}, Encoding::DesktopName);
    ByteWriter writer(out);
    put_string(writer, as_bytes(name));
}

void append_qemu_extended_key_event(Bytes& out, int width, int height) {
    append_rectangle(out, {0, 0, width, height}, Encoding::QEMUExtendedKeyEvent);
}

void append_last_rect(Bytes& out) {
    append_rectangle(out, {}, Encoding::LastRect);
}

void append_colour_map(Bytes& out, std::uint16_t first,
                       std::span<const ui::ColourMapEntry> entries) {
    assert(first + entries.size() <= 0x10000 && entries.size() <= 0xFFFF);
    ByteWriter writer(out);
    writer.put(std::uint8_t(ServerMessageType::SetColourMapEntries))
        .put_zeros(1)
        .put(first)
        .put(std::uint16_t(entries.size()));
    for (const auto& entry : entries)
        writer.put(entry.red).put(entry.green).put(entry.blue);
}

void append_bell(Bytes& out) {
    ByteWriter(out).put(std::uint8_t(ServerMessageType::Bell));
}

void append_server_cut_text(Bytes& out, std::string_view utf8) {
    ByteWriter writer(out);
    writer.put(std::uint8_t(ServerMessageType::ServerCutText)).put_zeros(3);
    put_string(writer, ui::latin1_from_utf8(utf8));
}

} // namespace qio::vnc
