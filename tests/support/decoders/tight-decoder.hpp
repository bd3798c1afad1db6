// A decoder of Tight and TightPNG, for the tests. Source: RFB, Tight Encoding.
#pragma once

#include <array>

#include "tests/support/decoders/inflate-stream.hpp"
#include "tests/support/decoders/rectangle-decoder.hpp"

namespace qio::test {

class TightDecoder final : public RectangleDecoder {
public:
    enum class Kind : std::uint8_t { tight, tight_png };

    explicit TightDecoder(Kind kind) : kind_(kind) {}

    Decoded decode(ByteReader& in, const ui::Rect& rect, const RfbDecoder& pixels,
                   Canvas& canvas) override;

private:
    /// What is being decoded.
    struct Job {
        ByteReader in;
        const ui::Rect& rect;
        const RfbDecoder& pixels;
        Canvas& canvas;
    };

    void reset_streams(unsigned control);
    Decoded fill(Job& job);
    Decoded picture(Job& job, unsigned type);
    Decoded basic(Job& job, unsigned control);
    Decoded palette(Job& job, unsigned control);
    Decoded gradient(Job& job, unsigned control);
    Decoded copy(Job& job, unsigned control);
    Decoded take_data(Job& job, unsigned control, std::size_t size, Bytes& data);

    Kind kind_;
    std::array<InflateStream, 4> streams_;
};

/// The pixels of a JPEG image 0x00RRGGBB, if it is one of this size; in reach of the
/// tests only if there is a JPEG library.
std::optional<Pixels> read_jpeg(ByteView image, int width, int height);

/// The same for a PNG image. Source: PNG specification.
std::optional<Pixels> read_png(ByteView image, int width, int height);

} // namespace qio::test
