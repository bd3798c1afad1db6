// internal: finds out how far parts of a picture have moved, without being told.
#pragma once

#include <vector>

#include "ui/frame.hpp"
#include "ui/region.hpp"

namespace qio::vnc {

/// The bounds of what changed near each other: at most 64 that do not overlap. What is
/// between them did not change.
std::vector<ui::Rect> parts_of(const ui::Region& changed);

/// Whether enough has changed in one of the parts, and densely enough, for find_motions()
/// to look at it.
bool is_worth_a_look(const ui::Region& changed);

/// How far something in `changed` may have moved from one frame to the other, the most
/// likely of its largest part first; usually nothing, at most three. It is to be checked.
///
/// Pieces of 32 pixels of the new frame are looked for in every 16th row of the old one.
/// That takes about two instructions for each pixel of the bounds of a part; what is
/// small, or spread thinly over its bounds, is not looked at.
///
/// Requires: frames of the same size.
std::vector<ui::Point> find_motions(const ui::Frame& before, const ui::Frame& now,
                                    const ui::Region& changed);

} // namespace qio::vnc
