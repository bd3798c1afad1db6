// The cursor in the ways that clients can be told of it.
#include "ui/vnc/rfb/cursor-writer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

constexpr std::uint8_t opaque_alpha = 128;
constexpr unsigned light_luma = 128 * 256;

/// VMware's cursor types: and-mask and xor-mask, or colours with alpha.
constexpr std::uint8_t vmware_mask_cursor = 0, vmware_alpha_cursor = 1;
constexpr std::uint16_t vmware_cursor_visible = 1;

struct Colour {
    std::uint8_t alpha, red, green, blue;
};

Colour colour_of(std::uint32_t argb) {
    return {std::uint8_t(argb >> 24), std::uint8_t(argb >> 16), std::uint8_t(argb >> 8),
            std::uint8_t(argb)};
}

bool is_opaque(std::uint32_t argb) {
    return colour_of(argb).alpha >= opaque_alpha;
}

/// By the weights of ITU-R BT.601, whose sum is 256.
bool is_light(std::uint32_t argb) {
    const auto colour = colour_of(argb);
    return 77u * colour.red + 150u * colour.green + 29u * colour.blue >= light_luma;
}

void append_cursor_header(Bytes& out, const ui::Cursor& cursor, Encoding encoding) {
    append_rectangle(
        out, {cursor.hot_x(), cursor.hot_y(), cursor.width(), cursor.height()}, encoding);
}

void append_pixels(Bytes& out, std::span<const std::uint32_t> pixels,
                   const ui::PixelConverter& converter) {
    const auto at = out.size();
    out.resize(at + pixels.size() * converter.bytes_per_pixel());
    converter.convert(pixels, out.data() + at);
}

template <class IsSet>
void append_bitmap(Bytes& out, const ui::Cursor& cursor, IsSet is_set) {
    const auto width = std::size_t(cursor.width());
    const auto row_bytes = (width + 7) / 8;
    auto at = out.size();
    out.resize(at + row_bytes * std::size_t(cursor.height()));
    for (std::size_t first = 0; first < cursor.argb().size(); first += width) {
        for (std::size_t x = 0; x < width; ++x)
            if (is_set(cursor.argb()[first + x]))
                out[at + x / 8] |= std::byte(0x80 >> x % 8);
        at += row_bytes;
    }
}

/// The mean of opaque pixels that are light, or dark.
class Mean {
public:
    void add(std::uint32_t argb) {
        const auto colour = colour_of(argb);
        sums_[0] += colour.red;
        sums_[1] += colour.green;
        sums_[2] += colour.blue;
        ++count_;
    }
    void append_to(Bytes& out, std::uint8_t if_none) const {
        for (const auto sum : sums_)
            out.push_back(std::byte(count_ == 0 ? if_none : sum / count_));
    }

private:
    std::array<std::uint32_t, 3> sums_{}; // a cursor has fewer than 2^24 pixels
    std::uint32_t count_ = 0;
};

std::byte multiplied(std::uint8_t component, std::uint8_t alpha) {
    return std::byte((unsigned(component) * alpha + 127) / 255);
}

} // namespace

void append_x_cursor(Bytes& out, const ui::Cursor& cursor) {
    append_cursor_header(out, cursor, Encoding::XCursor);
    if (cursor.argb().empty())
        return; // no colours either (RFB, X Cursor)
    Mean light, dark;
    for (const auto pixel : cursor.argb())
        if (is_opaque(pixel))
            (is_light(pixel) ? light : dark).add(pixel);
    light.append_to(out, 0xFF);
    dark.append_to(out, 0x00);
    append_bitmap(out, cursor, is_light);
    append_bitmap(out, cursor, is_opaque);
}

void append_cursor(Bytes& out, const ui::Cursor& cursor,
                   const ui::PixelConverter& converter) {
    append_cursor_header(out, cursor, Encoding::Cursor);
    append_pixels(out, cursor.argb(), converter);
    append_bitmap(out, cursor, is_opaque);
}

void append_cursor_with_alpha(Bytes& out, const ui::Cursor& cursor) {
    append_cursor_header(out, cursor, Encoding::CursorWithAlpha);
    ByteWriter(out).put(std::uint32_t(Encoding::Raw));
    for (const auto pixel : cursor.argb()) {
        const auto colour = colour_of(pixel);
        out.push_back(multiplied(colour.red, colour.alpha));
        out.push_back(multiplied(colour.green, colour.alpha));
        out.push_back(multiplied(colour.blue, colour.alpha));
        out.push_back(std::byte(colour.alpha));
    }
}

void append_vmware_cursor(Bytes& out, const ui::Cursor& cursor,
                          const ui::PixelConverter& converter) {
    append_cursor_header(out, cursor, Encoding::VMwareCursor);
    ByteWriter writer(out);
    if (cursor.inverts()) {
        writer.put(vmware_mask_cursor).put_zeros(1);
        append_pixels(out, cursor.and_mask(), converter);
        append_pixels(out, cursor.xor_mask(), converter);
        return;
    }
    writer.put(vmware_alpha_cursor).put_zeros(1);
    for (const auto pixel : cursor.argb())
        writer.put(std::uint32_t(pixel << 8 | pixel >> 24)); // R, G, B, A
}

void append_vmware_cursor_state(Bytes& out, bool visible) {
    append_rectangle(out, {}, Encoding::VMwareCursorState);
    ByteWriter(out).put(visible ? vmware_cursor_visible : std::uint16_t(0));
}

void append_vmware_cursor_position(Bytes& out, int x, int y) {
    append_rectangle(out, {x, y, 0, 0}, Encoding::VMwareCursorPosition);
}

void append_pointer_position(Bytes& out, int x, int y) {
    append_rectangle(out, {x, y, 0, 0}, Encoding::PointerPos);
}

} // namespace qio::vnc
