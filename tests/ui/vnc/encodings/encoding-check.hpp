// Encodes parts of pictures and looks at them with a client's eyes.
#pragma once

#include <memory>

#include "tests/support/decoders/client-picture.hpp"
#include "tests/support/pictures.hpp"
#include "ui/frame.hpp"
#include "ui/vnc/encodings/encoders.hpp"

namespace qio::test {

inline std::shared_ptr<const ui::Frame> frame_of(const ui::Surface& surface) {
    return *ui::Frame::copy_of(surface);
}

inline Canvas canvas_of(const ui::Frame& frame) {
    Canvas canvas(frame.width(), frame.height());
    for (int y = 0; y < frame.height(); ++y)
        for (int x = 0; x < frame.width(); ++x)
            canvas.set(x, y, frame.row(y)[x]);
    return canvas;
}

/// One connection: segments of an encoder, and the client behind it.
class EncodingCheck {
public:
    EncodingCheck(vnc::Encoding encoding, vnc::EncodeSettings settings, int width,
                  int height)
        : encoder_(encoders_.get(encoding)), settings_(settings),
          client_(width, height, settings.format) {
        settings_.stream_begins = vnc::has_stream(encoding);
        if (settings_.lossy)
            client_.set_wave_level(settings_.lossy->wavelet_level);
    }

    /// A segment of its own for the rectangle. False if the client cannot read it.
    bool send(const ui::Frame& frame, const ui::Rect& rect) {
        encoder_.begin(settings_);
        settings_.stream_begins = false;
        out.clear();
        rectangles = encoder_.encode(frame, rect, out);
        return client_.apply(out, rectangles);
    }
    /// The same, and whether it shows each pixel as it has to.
    bool shows(const ui::Frame& frame, const ui::Rect& rect) {
        return send(frame, rect) && client_.shows(canvas_of(frame), rect);
    }

    void set_wave_level(int level) { client_.set_wave_level(level); }
    vnc::EncodeSettings& settings() { return settings_; }
    const ClientPicture& client() const { return client_; }
    Bytes out;                  // of the last segment
    std::size_t rectangles = 0; // in it

private:
    vnc::EncoderSet encoders_;
    vnc::Encoder& encoder_;
    vnc::EncodeSettings settings_;
    ClientPicture client_;
};

/// Whether a lossless encoding shows every size, client format and kind of picture.
inline bool shows_everything(vnc::Encoding encoding, int level = 1) {
    for (const auto content : {Content::noise, Content::runs})
        for (const auto& format : client_formats) {
            EncodingCheck check(
                encoding, {.format = format, .compression_level = level, .lossy = {}}, 70,
                70);
            const auto frame = frame_of(*picture(70, 70, 0, content));
            for (const int width : sides)
                for (const int height : sides)
                    if (width > 0 && height > 0 &&
                        !check.shows(*frame, {70 - width, 70 - height, width, height}))
                        return false;
        }
    return true;
}

} // namespace qio::test
