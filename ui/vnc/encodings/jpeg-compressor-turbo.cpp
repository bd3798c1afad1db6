// JPEG images of parts of a frame, made by libjpeg-turbo.
#include "ui/vnc/encodings/jpeg-compressor.hpp"

#include <bit>
#include <cassert>
#include <cstring>
#include <vector>

#include <turbojpeg.h>

#include "io/base/handle.hpp"

namespace qio::vnc {

namespace {

// Native words 0x00RRGGBB.
constexpr TJPF pixel_format =
    std::endian::native == std::endian::little ? TJPF_BGRX : TJPF_XRGB;

TJSAMP subsampling_of(Subsampling subsampling) {
    switch (subsampling) {
    case Subsampling::none:
        return TJSAMP_444;
    case Subsampling::half:
        return TJSAMP_422;
    case Subsampling::grey:
        return TJSAMP_GRAY;
    default:
        return TJSAMP_420;
    }
}

/// One row after the other, as far apart as the first two; null if they are not.
const std::uint32_t* evenly_spaced(const ui::Frame& frame, const ui::Rect& rect) {
    // Rows of a frame are so within a strip.
    if (rect.y / ui::Frame::strip_rows !=
        (rect.y + rect.height - 1) / ui::Frame::strip_rows)
        return nullptr;
    return frame.row(rect.y) + rect.x;
}

class JpegCompressorTurbo final : public JpegCompressor {
public:
    explicit JpegCompressorTurbo(tjhandle handle) : handle_(handle) {}

    ByteView compress(const ui::Frame& frame, const ui::Rect& rect,
                      const Lossy& lossy) override;

private:
    const std::uint32_t* pixels_of(const ui::Frame& frame, const ui::Rect& rect,
                                   int& pitch);

    Handle<void, tjDestroy> handle_;
    std::vector<std::uint32_t> copy_; // of pixels from several strips
    std::vector<unsigned char> image_;
};

const std::uint32_t* JpegCompressorTurbo::pixels_of(const ui::Frame& frame,
                                                    const ui::Rect& rect, int& pitch) {
    const auto width = std::size_t(rect.width);
    if (const auto* const pixels = evenly_spaced(frame, rect)) {
        const auto stride =
            rect.height > 1 ? frame.row(rect.y + 1) - frame.row(rect.y) : rect.width;
        pitch = int(stride) * int(sizeof(std::uint32_t));
        return pixels;
    }
    copy_.resize(width * std::size_t(rect.height));
    auto* to = copy_.data();
    for (int y = rect.y; y < rect.y + rect.height; ++y, to += width)
        std::memcpy(to, frame.row(y) + rect.x, width * sizeof *to);
    pitch = rect.width * int(sizeof(std::uint32_t));
    return copy_.data();
}

ByteView JpegCompressorTurbo::compress(const ui::Frame& frame, const ui::Rect& rect,
                                       const Lossy& lossy) {
    assert(lossy.jpeg_quality >= 1 && lossy.jpeg_quality <= 100);
    const int subsampling = subsampling_of(lossy.subsampling);
    int pitch = 0;
    const auto* const pixels = pixels_of(frame, rect, pitch);
    const auto most = tjBufSize(rect.width, rect.height, subsampling);
    if (image_.size() < most)
        image_.resize(most);
    auto* image = image_.data();
    unsigned long size = image_.size();
    if (tjCompress2(handle_.get(), reinterpret_cast<const unsigned char*>(pixels),
                    rect.width, pitch, rect.height, pixel_format, &image, &size,
                    subsampling, lossy.jpeg_quality, TJFLAG_NOREALLOC) != 0)
        return {};
    return std::as_bytes(std::span(image, size));
}

} // namespace

std::unique_ptr<JpegCompressor> JpegCompressor::create() {
    const auto handle = tjInitCompress();
    return handle ? std::make_unique<JpegCompressorTurbo>(handle) : nullptr;
}

bool JpegCompressor::is_built_in() {
    return true;
}

} // namespace qio::vnc
