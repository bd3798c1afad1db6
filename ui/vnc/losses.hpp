// internal: what a client does not see as it is, and for how long.
#pragma once

#include <span>

#include "ui/copy.hpp"
#include "ui/region.hpp"

namespace qio::vnc {

/// Where one client was sent a picture with losses, by ticks of its owner's clock.
class Losses {
public:
    bool any() const { return !lossy_.empty(); }
    /// Where it was not sent again since the last tick but one.
    const ui::Region& resting() const { return resting_; }
    void tick();

    /// An update of `region` was sent: first the copies, which take losses along, then
    /// what is `lossy` itself.
    void update(const ui::Region& region, std::span<const ui::Copy> copies,
                const ui::Region& lossy);
    /// What lies outside cannot be sent again.
    void limit(const ui::Rect& area) {
        lossy_.intersect(area);
        resting_.intersect(area);
    }
    /// Nothing that the client sees is left.
    void clear();

private:
    ui::Region lossy_;
    ui::Region resting_;
    ui::Region moving_; // what was sent since the last tick
};

} // namespace qio::vnc
