// Open H.264 encoding: what moves in one place, as a sequence of pictures.
#include "ui/vnc/encodings/h264-pictures.hpp"

#include <cassert>

#include "ui/vnc/rfb/types.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

bool H264Pictures::can_show(const ui::Rect& rect) {
    return H264Compressor::is_built_in() && rect.width % 2 == 0 && rect.height % 2 == 0 &&
           rect.width >= H264Compressor::min_side &&
           rect.width <= H264Compressor::max_width &&
           rect.height >= H264Compressor::min_side &&
           rect.height <= H264Compressor::max_height;
}

bool H264Pictures::append(const ui::Frame& frame, Bytes& out) {
    assert(can_show(rect_) && frame.bounds().contains(rect_));
    const bool is_first = !is_begun_;
    if (is_first)
        compressor_ = H264Compressor::create(rect_.width, rect_.height, quality_);
    is_begun_ = true;
    if (!compressor_)
        return false;
    picture_.load(frame, rect_);
    const auto units = compressor_->compress(picture_);
    if (units.empty()) {
        compressor_.reset();
        return false;
    }
    append_rectangle(out, rect_, Encoding::OpenH264);
    ByteWriter writer(out);
    writer.put(std::uint32_t(units.size()));
    writer.put(is_first ? h264_reset_context | h264_reset_all_contexts : 0u);
    writer.put_bytes(units);
    return true;
}

} // namespace qio::vnc
