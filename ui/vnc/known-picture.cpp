// What a client is known to see, so that it can be told to copy parts of it.
#include "ui/vnc/known-picture.hpp"

namespace qio::vnc {

namespace {

// Above the first number of rectangles, a region is widened to the second.
constexpr std::size_t max_rectangles = 512;
constexpr std::size_t merged_rectangles = 128;

} // namespace

void KnownPicture::set_enabled(bool enabled) {
    if (enabled_ != enabled)
        *this = KnownPicture(enabled);
}

void KnownPicture::lose(const ui::Region& region) {
    if (!frame_)
        return;
    unknown_.add(region);
    if (unknown_.count() > max_rectangles)
        unknown_ = unknown_.simplified(merged_rectangles);
}

void KnownPicture::add_copies(std::span<const ui::Copy> copies) {
    if (!enabled_)
        return;
    for (const auto& copy : copies)
        add_copy(hints_, copy);
}

std::vector<ui::Copy>
KnownPicture::copies_to(const std::shared_ptr<const ui::Frame>& frame,
                        const ui::Region& changed, CopyFinder& finder) const {
    if (!frame_ || frame_->bounds() != frame->bounds())
        return {};
    return finder.find({frame_, frame, changed, unknown_, hints_});
}

void KnownPicture::update(const std::shared_ptr<const ui::Frame>& frame,
                          const ui::Region& sent, const ui::Region& left) {
    if (!enabled_)
        return;
    hints_.clear();
    const auto bounds = frame->bounds();
    if (std::size_t(bounds.width) * std::size_t(bounds.height) > max_area)
        return forget();
    if (!frame_ || frame_->bounds() != bounds)
        unknown_ = ui::Region(bounds);
    frame_ = frame;
    unknown_.subtract(sent);
    lose(left);
}

} // namespace qio::vnc
