// What a client makes of rectangles: its framebuffer, and a decoder for each encoding.
#pragma once

#include <map>
#include <memory>

#include "tests/support/decoders/inflate-stream.hpp"
#include "tests/support/decoders/rectangle-decoder.hpp"

namespace qio::test {

class ClientPicture {
public:
    ClientPicture(int width, int height, const ui::PixelFormat& format);

    /// The framebuffer has another size from now on, and is black; streams go on.
    void resize(int width, int height) { canvas_ = Canvas(width, height); }

    /// What goes with the client's quality in ZYWRLE.
    void set_wave_level(int level);

    /// Whether rectangles of this encoding can be decoded.
    bool knows(int encoding) const { return decoders_.contains(encoding); }

    /// Applies `count` rectangles, headers included. False if any is wrong, of an unknown
    /// encoding, empty or outside, or if bytes are missing or left.
    bool apply(ByteView bytes, std::size_t count);

    /// One payload of a rectangle; wrong if the encoding is unknown.
    Decoded decode(ByteReader& in, const ui::Rect& rect, int encoding);

    const Canvas& canvas() const { return canvas_; }
    /// How pixels look on the wire; also to be changed by what the client says.
    const RfbDecoder& pixels() const { return pixels_; }
    RfbDecoder& pixels() { return pixels_; }
    /// Whether `rect` shows what a client of this format has to see of `expected`, which
    /// is as large as the canvas.
    bool shows(const Canvas& expected, const ui::Rect& rect) const;
    /// The largest difference of a channel in `rect`.
    int distance(const Canvas& expected, const ui::Rect& rect) const;

private:
    RfbDecoder pixels_;
    Canvas canvas_;
    std::shared_ptr<InflateStream> zrle_stream_ = std::make_shared<InflateStream>();
    std::map<int, std::unique_ptr<RectangleDecoder>> decoders_;
};

} // namespace qio::test
