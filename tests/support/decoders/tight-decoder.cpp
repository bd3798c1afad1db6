// A decoder of Tight and TightPNG, for the tests.
#include "tests/support/decoders/tight-decoder.hpp"

#include <algorithm>

namespace qio::test {

namespace {

/// 7, 7 and 8 bits, the lowest first; the top bit of the first two says that more come.
std::optional<std::size_t> take_compact_length(ByteReader& in) {
    std::size_t length = 0;
    for (const unsigned shift : {0u, 7u, 14u}) {
        const auto byte = in.take<std::uint8_t>();
        if (!byte)
            return std::nullopt;
        if (shift == 14)
            return length | std::size_t(*byte) << shift;
        length |= std::size_t(*byte & 0x7F) << shift;
        if ((*byte & 0x80) == 0)
            return length;
    }
    return std::nullopt;
}

bool is_rgb(const RfbDecoder& pixels) {
    const auto& format = pixels.format();
    return format.true_colour && format.bits_per_pixel == 32 && format.depth == 24 &&
           format.red_max == 255 && format.green_max == 255 && format.blue_max == 255;
}

std::size_t tpixel_bytes(const RfbDecoder& pixels) {
    return is_rgb(pixels) ? 3 : pixels.bytes_per_pixel();
}

std::uint32_t tpixel(const RfbDecoder& pixels, const std::byte* bytes) {
    if (!is_rgb(pixels))
        return pixels.colour(bytes);
    return std::uint32_t(bytes[0]) << 16 | std::uint32_t(bytes[1]) << 8 |
           std::uint32_t(bytes[2]);
}

std::size_t area_of(const ui::Rect& rect) {
    return std::size_t(rect.width) * std::size_t(rect.height);
}

constexpr int max_width = 2048;

} // namespace

Decoded TightDecoder::decode(ByteReader& in, const ui::Rect& rect,
                             const RfbDecoder& pixels, Canvas& canvas) {
    if (rect.width > max_width)
        return Decoded::wrong;
    Job job{in, rect, pixels, canvas};
    const auto control = job.in.take<std::uint8_t>();
    if (!control)
        return Decoded::need_more;
    const unsigned type = *control >> 4;
    auto result = Decoded::wrong;
    if (type == 8)
        result = fill(job);
    else if (type == 9 || (type == 10 && kind_ == Kind::tight_png))
        result = picture(job, type);
    else if (type < 8 && kind_ == Kind::tight)
        result = basic(job, *control);
    if (result != Decoded::done)
        return result;
    in = job.in;
    if (type >= 8)
        reset_streams(*control);
    return result;
}

void TightDecoder::reset_streams(unsigned control) {
    for (unsigned i = 0; i < streams_.size(); ++i)
        if ((control >> i & 1) != 0)
            streams_[i].reset();
}

Decoded TightDecoder::fill(Job& job) {
    const auto colour = job.in.take_bytes(tpixel_bytes(job.pixels));
    if (!colour)
        return Decoded::need_more;
    job.canvas.fill(job.rect, tpixel(job.pixels, colour->data()));
    return Decoded::done;
}

Decoded TightDecoder::picture(Job& job, unsigned type) {
    if (job.pixels.bytes_per_pixel() == 1)
        return Decoded::wrong;
    const auto length = take_compact_length(job.in);
    const auto image = length ? job.in.take_bytes(*length) : std::nullopt;
    if (!image)
        return Decoded::need_more;
    const auto& rect = job.rect;
    const auto found = type == 9 ? read_jpeg(*image, rect.width, rect.height)
                                 : read_png(*image, rect.width, rect.height);
    if (!found)
        return Decoded::wrong;
    auto colour = found->begin();
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        for (int x = rect.x; x < rect.x + rect.width; ++x)
            job.canvas.set(x, y, job.pixels.reduced(*colour++));
    return Decoded::done;
}

Decoded TightDecoder::basic(Job& job, unsigned control) {
    std::uint8_t filter = 0;
    if ((control & 0x40) != 0) {
        const auto taken = job.in.take<std::uint8_t>();
        if (!taken)
            return Decoded::need_more;
        filter = *taken;
    }
    switch (filter) {
    case 0:
        return copy(job, control);
    case 1:
        return palette(job, control);
    case 2:
        return gradient(job, control);
    default:
        return Decoded::wrong;
    }
}

/// Data of `size` bytes behind the filter. The streams are touched only if all is there.
Decoded TightDecoder::take_data(Job& job, unsigned control, std::size_t size,
                                Bytes& data) {
    std::optional<ByteView> found;
    if (size < 12) {
        found = job.in.take_bytes(size);
    } else {
        const auto length = take_compact_length(job.in);
        found = length ? job.in.take_bytes(*length) : std::nullopt;
    }
    if (!found)
        return Decoded::need_more;
    reset_streams(control);
    if (size < 12) {
        data.assign(found->begin(), found->end());
        return Decoded::done;
    }
    const auto plain = streams_[control >> 4 & 3].inflate(*found, size);
    if (!plain || plain->size() != size)
        return Decoded::wrong;
    data = *plain;
    return Decoded::done;
}

Decoded TightDecoder::copy(Job& job, unsigned control) {
    const auto pixel_bytes = tpixel_bytes(job.pixels);
    Bytes data;
    const auto result = take_data(job, control, area_of(job.rect) * pixel_bytes, data);
    if (result != Decoded::done)
        return result;
    const auto* from = data.data();
    for (int y = job.rect.y; y < job.rect.y + job.rect.height; ++y)
        for (int x = job.rect.x; x < job.rect.x + job.rect.width;
             ++x, from += pixel_bytes)
            job.canvas.set(x, y, tpixel(job.pixels, from));
    return Decoded::done;
}

Decoded TightDecoder::palette(Job& job, unsigned control) {
    const auto pixel_bytes = tpixel_bytes(job.pixels);
    const auto last = job.in.take<std::uint8_t>();
    const auto bytes =
        last ? job.in.take_bytes((*last + 1u) * pixel_bytes) : std::nullopt;
    if (!bytes)
        return Decoded::need_more;
    const auto& rect = job.rect;
    const bool is_mono = *last == 1;
    const auto row_bytes =
        is_mono ? std::size_t(rect.width + 7) / 8 : std::size_t(rect.width);
    Bytes data;
    const auto result =
        take_data(job, control, row_bytes * std::size_t(rect.height), data);
    if (result != Decoded::done)
        return result;
    for (int y = 0; y < rect.height; ++y)
        for (int x = 0; x < rect.width; ++x) {
            const auto* const row = data.data() + std::size_t(y) * row_bytes;
            const auto index =
                is_mono ? unsigned(row[x / 8]) >> (7 - x % 8) & 1 : unsigned(row[x]);
            if (index > *last)
                return Decoded::wrong;
            job.canvas.set(rect.x + x, rect.y + y,
                           tpixel(job.pixels, bytes->data() + index * pixel_bytes));
        }
    return Decoded::done;
}

/// Only for pixels of three bytes, which is all that the tests need.
Decoded TightDecoder::gradient(Job& job, unsigned control) {
    if (!is_rgb(job.pixels))
        return Decoded::wrong;
    const auto& rect = job.rect;
    Bytes data;
    const auto result = take_data(job, control, area_of(rect) * 3, data);
    if (result != Decoded::done)
        return result;
    const auto* from = data.data();
    for (int y = 0; y < rect.height; ++y)
        for (int x = 0; x < rect.width; ++x) {
            const auto seen = [&](int dx, int dy, int shift) {
                if (x < dx || y < dy)
                    return 0;
                const auto at =
                    std::size_t(rect.y + y - dy) * std::size_t(job.canvas.width) +
                    std::size_t(rect.x + x - dx);
                return int(job.canvas.pixels[at] >> shift & 0xFF);
            };
            std::uint32_t colour = 0;
            for (const int shift : {16, 8, 0}) {
                const int guess = std::clamp(
                    seen(1, 0, shift) + seen(0, 1, shift) - seen(1, 1, shift), 0, 255);
                colour |= std::uint32_t((guess + int(*from++)) & 0xFF) << shift;
            }
            job.canvas.set(rect.x + x, rect.y + y, colour);
        }
    return Decoded::done;
}

} // namespace qio::test
