// What a client is known to see, so that it can be told to copy parts of it.
#include "ui/vnc/known-picture.hpp"

#include <utility>

#include "ui/vnc/client-region.hpp"
#include "ui/vnc/motion-search.hpp"

namespace qio::vnc {

void KnownPicture::set_enabled(bool enabled) {
    if (std::exchange(enabled_, enabled) != enabled)
        forget();
}

void KnownPicture::forget() {
    frame_.reset();
    unknown_.clear();
    hints_.clear();
    vain_looks_ = rest_ = 0;
}

void KnownPicture::lose(const ui::Region& region) {
    if (!frame_)
        return;
    unknown_.add(region);
    bound(unknown_);
}

void KnownPicture::add_copies(std::span<const ui::Copy> copies) {
    if (!enabled_)
        return;
    for (const auto& copy : copies)
        add_copy(hints_, copy);
}

std::vector<ui::Copy>
KnownPicture::copies_to(const std::shared_ptr<const ui::Frame>& frame,
                        const ui::Region& changed, CopyFinder& finder) {
    if (!frame_ || frame_->bounds() != frame->bounds())
        return {};
    auto copies = finder.find({frame_, frame, changed, unknown_, hints_});
    if (!copies.empty())
        vain_looks_ = 0;
    else if (is_worth_a_look(changed))
        ++vain_looks_;
    return copies;
}

/// Whether the update that is being sent is the last one that is known for a while, or
/// one of those that are not. After them a single vain look is enough for another rest.
bool KnownPicture::rests() {
    if (tireless_ || !hints_.empty()) {
        vain_looks_ = rest_ = 0;
        return false;
    }
    if (vain_looks_ >= max_vain_looks) {
        forget();
        vain_looks_ = max_vain_looks - 1;
        rest_ = rest_updates;
    }
    return rest_ > 0 && rest_-- > 0;
}

void KnownPicture::update(const std::shared_ptr<const ui::Frame>& frame,
                          const ui::Region& sent, const ui::Region& left) {
    if (!enabled_ || rests())
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
