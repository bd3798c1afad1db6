// PNG images in tests: one of eight bits a channel or a palette, not interlaced.
#include <cstdlib>

#include "tests/support/decoders/tight-decoder.hpp"

namespace qio::test {

namespace {

struct Png {
    std::uint32_t width = 0, height = 0;
    unsigned depth = 0, colour_type = 0;
    Bytes palette, packed;
    bool has_ended = false;
};

std::optional<std::uint32_t> text_number(std::string_view text) {
    return load_be<std::uint32_t>(as_bytes(text).data());
}

bool take_header(ByteReader data, Png& png) {
    if (data.remaining() != 13)
        return false;
    png.width = *data.take<std::uint32_t>();
    png.height = *data.take<std::uint32_t>();
    png.depth = *data.take<std::uint8_t>();
    png.colour_type = *data.take<std::uint8_t>();
    const auto method = *data.take<std::uint8_t>(), filter = *data.take<std::uint8_t>();
    const auto interlace = *data.take<std::uint8_t>();
    const bool is_rgb = png.colour_type == 2 && png.depth == 8;
    const bool is_indexed = png.colour_type == 3 && (png.depth == 1 || png.depth == 2 ||
                                                     png.depth == 4 || png.depth == 8);
    return (is_rgb || is_indexed) && method == 0 && filter == 0 && interlace == 0;
}

bool take_chunk(ByteReader& in, Png& png) {
    const auto length = in.take<std::uint32_t>();
    const auto all = length ? in.take_bytes(std::size_t(*length) + 4) : std::nullopt;
    const auto sum = all ? in.take<std::uint32_t>() : std::nullopt;
    if (!sum ||
        *sum != crc32(0, reinterpret_cast<const Bytef*>(all->data()), uInt(all->size())))
        return false;
    const auto type = load_be<std::uint32_t>(all->data());
    const auto data = all->subspan(4);
    if (type == text_number("IHDR"))
        return take_header(ByteReader(data), png);
    if (type == text_number("PLTE"))
        png.palette.assign(data.begin(), data.end());
    else if (type == text_number("IDAT"))
        ByteWriter(png.packed).put_bytes(data);
    else if (type == text_number("IEND"))
        png.has_ended = data.empty();
    else
        return false;
    return true;
}

/// A row in place, from the one above (empty: zeros).
bool undo_filter(unsigned filter, std::size_t pixel_bytes, std::uint8_t* row,
                 const std::uint8_t* above, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const int left = i < pixel_bytes ? 0 : row[i - pixel_bytes];
        const int up = above == nullptr ? 0 : above[i];
        const int corner =
            i < pixel_bytes || above == nullptr ? 0 : above[i - pixel_bytes];
        const int guess = left + up - corner;
        const int a = std::abs(guess - left), b = std::abs(guess - up);
        const int c = std::abs(guess - corner);
        const int paeth = a <= b && a <= c ? left : b <= c ? up : corner;
        const int guesses[] = {0, left, up, (left + up) / 2, paeth};
        if (filter >= std::size(guesses))
            return false;
        row[i] = std::uint8_t(row[i] + guesses[filter]);
    }
    return true;
}

std::optional<std::uint32_t> colour_at(const Png& png, const std::uint8_t* row,
                                       std::size_t x) {
    const auto rgb = [](const auto* p) {
        return std::uint32_t(p[0]) << 16 | std::uint32_t(p[1]) << 8 | std::uint32_t(p[2]);
    };
    if (png.colour_type == 2)
        return rgb(row + 3 * x);
    const auto bit = x * png.depth;
    const auto index =
        unsigned(row[bit / 8] >> (8 - png.depth - bit % 8)) & ((1u << png.depth) - 1);
    if (3 * std::size_t(index) + 3 > png.palette.size())
        return std::nullopt;
    return rgb(png.palette.data() + 3 * std::size_t(index));
}

std::optional<Pixels> unpack(const Png& png) {
    const auto bits = png.colour_type == 2 ? 24u : png.depth;
    const auto row_bytes = (std::size_t(png.width) * bits + 7) / 8;
    std::vector<std::uint8_t> rows((row_bytes + 1) * png.height + 1);
    auto size = uLongf(rows.size());
    // This wants the stream's end and its checksum.
    if (uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(png.packed.data()),
                   uLong(png.packed.size())) != Z_OK ||
        size != (row_bytes + 1) * png.height)
        return std::nullopt;
    Pixels pixels;
    const std::uint8_t* above = nullptr;
    for (std::size_t y = 0; y < png.height; ++y) {
        auto* const row = rows.data() + y * (row_bytes + 1) + 1;
        if (!undo_filter(row[-1], bits == 24 ? 3 : 1, row, above, row_bytes))
            return std::nullopt;
        above = row;
        for (std::size_t x = 0; x < png.width; ++x) {
            const auto colour = colour_at(png, row, x);
            if (!colour)
                return std::nullopt;
            pixels.push_back(*colour);
        }
    }
    return pixels;
}

} // namespace

std::optional<Pixels> read_png(ByteView image, int width, int height) {
    ByteReader in(image);
    const auto signature = in.take<std::uint64_t>();
    Png png;
    if (signature != 0x89504E470D0A1A0A)
        return std::nullopt;
    while (!png.has_ended)
        if (!take_chunk(in, png))
            return std::nullopt;
    if (in.remaining() != 0 || png.width != std::uint32_t(width) ||
        png.height != std::uint32_t(height))
        return std::nullopt;
    return unpack(png);
}

} // namespace qio::test
