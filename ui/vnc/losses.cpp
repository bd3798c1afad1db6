// What a client does not see as it is, and for how long.
#include "ui/vnc/losses.hpp"

#include "ui/vnc/client-region.hpp"

namespace qio::vnc {

namespace {

/// No copy is made from what an earlier one has drawn.
ui::Region copied(const ui::Region& lossy, std::span<const ui::Copy> copies) {
    ui::Region all;
    for (const auto& copy : copies) {
        auto part = lossy;
        part.intersect(copy.source());
        part.translate(copy.motion().x, copy.motion().y);
        all.add(part);
    }
    return all;
}

} // namespace

void Losses::tick() {
    resting_ = lossy_;
    resting_.subtract(moving_);
    moving_.clear();
}

void Losses::update(const ui::Region& region, std::span<const ui::Copy> copies,
                    const ui::Region& lossy) {
    const auto moved = copied(lossy_, copies);
    lossy_.subtract(region);
    resting_.subtract(region);
    lossy_.add(moved);
    lossy_.add(lossy);
    moving_.add(region);
    bound(lossy_);
    bound(moving_);
}

void Losses::clear() {
    lossy_.clear();
    resting_.clear();
}

} // namespace qio::vnc
