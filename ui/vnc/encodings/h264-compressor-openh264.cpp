// A sequence of pictures as H.264, made by openh264.
#include "ui/vnc/encodings/h264-compressor.hpp"

#include <cassert>
#include <utility>

#include <wels/codec_api.h>

namespace qio::vnc {

namespace {

// What the encoder's clock goes by; pictures come when they come.
constexpr int pictures_per_second = 30;
constexpr int milliseconds_per_picture = 1000 / pictures_per_second;

struct Destroy {
    void operator()(ISVCEncoder* encoder) const noexcept {
        encoder->Uninitialize();
        WelsDestroySVCEncoder(encoder);
    }
};
using Encoder = std::unique_ptr<ISVCEncoder, Destroy>;

/// Steps of 6 halve the precision: 45 can hardly be looked at, below 18 nothing is seen.
int quantizer_for(int quality) {
    constexpr int worst = 45, best = 17;
    return worst - (worst - best) * quality / 100;
}

/// The colours of I420 (see i420.hpp): BT.601 with the primaries of BT.709 and the curve
/// of sRGB, 16 to 235. A decoder that ignores this takes BT.601 as a rule.
void describe_colours(SSpatialLayerConfig& layer) {
    layer.bVideoSignalTypePresent = true;
    layer.uiVideoFormat = VF_UNDEF;
    layer.bFullRange = false;
    layer.bColorDescriptionPresent = true;
    layer.uiColorPrimaries = CP_BT709;
    layer.uiTransferCharacteristics = TRC_IEC61966_2_1;
    layer.uiColorMatrix = CM_SMPTE170M;
}

SEncParamExt parameters(ISVCEncoder& encoder, int width, int height, int quality) {
    SEncParamExt all{};
    encoder.GetDefaultParams(&all);
    all.iUsageType = CAMERA_VIDEO_REAL_TIME;
    all.iPicWidth = width;
    all.iPicHeight = height;
    all.fMaxFrameRate = pictures_per_second;
    // The link is measured elsewhere, and bounds how many pictures there are.
    all.iRCMode = RC_OFF_MODE;
    all.bEnableFrameSkip = false;
    all.iComplexityMode = LOW_COMPLEXITY;
    all.uiIntraPeriod = 0;
    all.iNumRefFrame = 1;
    all.eSpsPpsIdStrategy = CONSTANT_ID;
    all.iEntropyCodingModeFlag = 0; // baseline has no CABAC
    all.iMultipleThreadIdc = 1;     // the caller's
    all.bEnableDenoise = false;
    all.bEnableBackgroundDetection = false;
    all.bEnableAdaptiveQuant = false;
    all.bEnableSceneChangeDetect = false;
    auto& layer = all.sSpatialLayers[0];
    layer.iVideoWidth = width;
    layer.iVideoHeight = height;
    layer.fFrameRate = pictures_per_second;
    layer.iDLayerQp = quantizer_for(quality);
    layer.uiProfileIdc = PRO_BASELINE;
    layer.sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
    describe_colours(layer);
    return all;
}

void append(const SFrameBSInfo& info, Bytes& out) {
    ByteWriter writer(out);
    for (int i = 0; i < info.iLayerNum; ++i) {
        const auto& layer = info.sLayerInfo[i];
        std::size_t bytes = 0;
        for (int nal = 0; nal < layer.iNalCount; ++nal)
            bytes += std::size_t(layer.pNalLengthInByte[nal]);
        writer.put_bytes(std::as_bytes(std::span(layer.pBsBuf, bytes)));
    }
}

class H264CompressorOpenH264 final : public H264Compressor {
public:
    H264CompressorOpenH264(Encoder encoder, int width, int height)
        : encoder_(std::move(encoder)), width_(width), height_(height) {}

    Bytes compress(const I420& picture) override;

private:
    Encoder encoder_;
    const int width_, height_;
    long long time_ = 0;
};

Bytes H264CompressorOpenH264::compress(const I420& picture) {
    assert(picture.width() == width_ && picture.height() == height_);
    SSourcePicture source{};
    source.iColorFormat = videoFormatI420;
    source.iPicWidth = width_;
    source.iPicHeight = height_;
    source.uiTimeStamp = time_;
    time_ += milliseconds_per_picture;
    for (int plane = 0; plane < I420::planes; ++plane) {
        source.iStride[plane] = int(picture.stride(plane));
        source.pData[plane] = const_cast<std::uint8_t*>(picture.plane(plane));
    }
    SFrameBSInfo info{};
    if (encoder_->EncodeFrame(&source, &info) != cmResultSuccess)
        return {};
    Bytes units;
    append(info, units);
    return units;
}

} // namespace

std::unique_ptr<H264Compressor> H264Compressor::create(int width, int height,
                                                       int quality) {
    assert(width >= min_side && width <= max_width && width % 2 == 0);
    assert(quality >= 1 && quality <= 100);
    assert(height >= min_side && height <= max_height && height % 2 == 0);
    ISVCEncoder* made = nullptr;
    if (WelsCreateSVCEncoder(&made) != 0 || made == nullptr)
        return nullptr;
    Encoder encoder(made);
    int quiet = WELS_LOG_QUIET;
    encoder->SetOption(ENCODER_OPTION_TRACE_LEVEL, &quiet);
    const auto all = parameters(*encoder, width, height, quality);
    if (encoder->InitializeExt(&all) != cmResultSuccess)
        return nullptr;
    return std::make_unique<H264CompressorOpenH264>(std::move(encoder), width, height);
}

bool H264Compressor::is_built_in() {
    return true;
}

} // namespace qio::vnc
