// The part of a client's picture that is sent as video.
#include "ui/vnc/video-part.hpp"

#include "ui/vnc/encodings/tight-pixels.hpp"

namespace qio::vnc {

void VideoPart::set_client(const ClientFeatures& features,
                           const ui::PixelFormat& format) {
    quality_.reset();
    if (allowed_ && features.h264 && features.lossy &&
        TightPixels(format).may_be_picture())
        quality_ = features.lossy->jpeg_quality;
    forget();
}

std::shared_ptr<H264Pictures>
VideoPart::take(const ui::Frame& frame, const ui::Rect& bounds, ui::Region& damage) {
    if (!quality_)
        return nullptr;
    const auto rect = finder_.find(frame, bounds, damage);
    if (!rect || !H264Pictures::can_show(*rect))
        return nullptr;
    if (!pictures_ || pictures_->rect() != *rect)
        pictures_ = std::make_shared<H264Pictures>(*rect, *quality_);
    damage.subtract(*rect);
    return pictures_;
}

void VideoPart::came_to_rest(const ui::Region& region) {
    if (!finder_.place())
        return;
    auto part = region;
    part.intersect(*finder_.place());
    if (!part.empty())
        forget();
}

void VideoPart::give_up() {
    quality_.reset();
    forget();
}

void VideoPart::forget() {
    finder_.forget();
    pictures_.reset();
}

} // namespace qio::vnc
