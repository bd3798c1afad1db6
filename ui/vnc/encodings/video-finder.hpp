// internal: finds where a film is running.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/region.hpp"
#include "ui/vnc/encodings/cell-map.hpp"
#include "ui/vnc/encodings/palette.hpp"

namespace qio::vnc {

/// Follows the updates of one client: what changes again and again, in a rectangle, and
/// looks like a photograph. Its clock is the updates, so a slow link sees a film as a
/// fast one does.
///
/// The place stays the same as long as it can, since each new one has to be begun anew.
/// Units/limits: a byte, and some more while it looks, for each 32 × 32 pixels.
class VideoFinder {
public:
    /// What of an update that shows `damage` is to be video; empty if nothing is. Even
    /// in width and height, and may hold what did not change.
    /// Requires: `bounds`, not empty, lie inside the frame, and `damage` inside `bounds`.
    std::optional<ui::Rect> find(const ui::Frame& frame, const ui::Rect& bounds,
                                 const ui::Region& damage);

    /// Where it is; empty if there is none.
    const std::optional<ui::Rect>& place() const { return place_; }
    /// Nothing is known any more.
    void forget();

private:
    void begin(const ui::Rect& bounds);
    ui::Rect pixels_of(const ui::Rect& cells) const;
    void note(const ui::Region& damage);
    bool is_running() const;
    void look_for_place(const ui::Frame& frame, const ui::Region& damage);
    bool looks_like_film(const ui::Frame& frame, const ui::Rect& cells);

    ui::Rect bounds_;
    int columns_ = 0;
    int rows_ = 0;
    std::vector<std::uint8_t> heat_;     // of each cell: how often it changed lately
    std::vector<std::uint16_t> changed_; // pixels of each cell, in this update
    CellMap hot_;
    Palette palette_;
    std::optional<ui::Rect> place_;
};

} // namespace qio::vnc
