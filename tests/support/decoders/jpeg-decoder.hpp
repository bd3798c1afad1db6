// A decoder of JPEG rectangles, for the tests. Source: RFB, JPEG Encoding; ITU-T T.81
// B.1.
#pragma once

#include "tests/support/decoders/tight-decoder.hpp"

namespace qio::test {

/// How many bytes the image has from its first marker to its last: nobody else says so.
/// Empty if more are needed.
inline std::optional<std::size_t> jpeg_length(ByteView bytes) {
    constexpr std::byte mark{0xFF};
    std::size_t at = 2; // behind "start of image"
    while (at + 4 <= bytes.size()) {
        if (bytes[at] != mark)
            return 0;
        const auto marker = unsigned(bytes[at + 1]);
        at += 2 + load_be<std::uint16_t>(bytes.data() + at + 2);
        if (marker != 0xDA)
            continue;
        // Behind "start of scan" a mark is data if zero or a restart follows.
        for (; at + 2 <= bytes.size(); ++at) {
            const auto next = unsigned(bytes[at + 1]);
            if (bytes[at] == mark && next != 0 && (next < 0xD0 || next > 0xD7))
                break;
        }
        if (at + 2 <= bytes.size() && bytes[at + 1] == std::byte{0xD9})
            return at + 2;
    }
    return std::nullopt;
}

/// Images must have all their tables.
class JpegDecoder final : public RectangleDecoder {
public:
    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override {
        if (pixels.bytes_per_pixel() == 1)
            return Decoded::wrong;
        ByteReader ahead = in;
        const auto length = jpeg_length(in.rest());
        const auto image = length ? ahead.take_bytes(*length) : std::nullopt;
        if (!image)
            return Decoded::need_more;
        const auto found = read_jpeg(*image, rect.width, rect.height);
        if (!found)
            return Decoded::wrong;
        canvas.put(rect, *found, pixels);
        in = ahead;
        return Decoded::done;
    }
};

} // namespace qio::test
