// internal: how ragged the regions may become that are kept for one client.
#pragma once

#include "ui/region.hpp"

namespace qio::vnc {

/// A more ragged region is widened: some pixels count that need not. Adding to a region
/// costs time in proportion to the rectangles it has, so it is kept that simple also
/// while nobody takes the update. An update may have 65535 rectangles, far more.
inline void bound(ui::Region& region) {
    constexpr std::size_t max_rectangles = 512;
    constexpr std::size_t merged_rectangles = 128;
    region.bound(max_rectangles, merged_rectangles);
}

} // namespace qio::vnc
