// H.264 in tests, read by libavcodec.
#include <cstring>

extern "C" {
#include <libavcodec/avcodec.h>
}

#include "tests/support/decoders/h264-decoder.hpp"

namespace qio::test {

namespace {

std::uint32_t channel(double value) {
    return std::uint32_t(std::clamp(value + .5, 0., 255.));
}

/// BT.601, 16 to 235.
std::uint32_t rgb(int y, int cb, int cr) {
    const double light = (y - 16) * 255. / 219, blue = (cb - 128) * 255. / 112 / 2,
                 red = (cr - 128) * 255. / 112 / 2;
    return channel(light + 1.402 * red) << 16 |
           channel(light - .344136 * blue - .714136 * red) << 8 |
           channel(light + 1.772 * blue);
}

struct Free {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

class AvcodecReader final : public H264Reader {
public:
    AvcodecReader() {
        av_log_set_level(AV_LOG_QUIET);
        const auto* const codec = avcodec_find_decoder(AV_CODEC_ID_H264);
        context_.reset(avcodec_alloc_context3(codec));
        context_->thread_count = 1;
        context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
        context_->err_recognition = AV_EF_EXPLODE;
        avcodec_open2(context_.get(), codec, nullptr);
    }

    std::optional<Pixels> read(ByteView units, int width, int height) override {
        const std::unique_ptr<AVPacket, Free> packet(av_packet_alloc());
        av_new_packet(packet.get(), int(units.size())); // pads
        std::memcpy(packet->data, units.data(), units.size());
        if (avcodec_send_packet(context_.get(), packet.get()) != 0 ||
            avcodec_receive_frame(context_.get(), frame_.get()) != 0)
            return std::nullopt;
        const auto& frame = *frame_;
        const bool is_described = frame.colorspace == AVCOL_SPC_SMPTE170M &&
                                  frame.color_range == AVCOL_RANGE_MPEG &&
                                  frame.color_primaries == AVCOL_PRI_BT709 &&
                                  frame.color_trc == AVCOL_TRC_IEC61966_2_1;
        if (frame.width != width || frame.height != height || !is_described ||
            frame.format != AV_PIX_FMT_YUV420P)
            return std::nullopt;
        Pixels pixels;
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                pixels.push_back(rgb(sample(0, x, y), sample(1, x / 2, y / 2),
                                     sample(2, x / 2, y / 2)));
        return pixels;
    }

private:
    int sample(int plane, int x, int y) const {
        return frame_->data[plane][std::ptrdiff_t(y) * frame_->linesize[plane] + x];
    }

    std::unique_ptr<AVCodecContext, Free> context_;
    const std::unique_ptr<AVFrame, Free> frame_{av_frame_alloc()};
};

} // namespace

std::unique_ptr<H264Reader> make_h264_reader() {
    return std::make_unique<AvcodecReader>();
}

bool can_read_h264() {
    return avcodec_find_decoder(AV_CODEC_ID_H264) != nullptr;
}

} // namespace qio::test
