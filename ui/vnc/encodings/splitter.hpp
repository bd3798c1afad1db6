// internal: cuts a rectangle of a frame into pieces of one kind each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ui/frame.hpp"
#include "ui/rect.hpp"
#include "ui/vnc/encodings/cell-map.hpp"
#include "ui/vnc/encodings/palette.hpp"

namespace qio::vnc {

struct Piece {
    enum class Kind : std::uint8_t {
        solid, ///< of one colour
        photo, ///< of many colours, hardly two neighbours alike
        other, ///< anything: solid, too, if it is small
    };

    ui::Rect rect;
    Kind kind = Kind::other;
    std::uint32_t colour = 0; ///< if solid

    bool operator==(const Piece&) const = default;
};

struct SplitLimits {
    int max_width = max_piece_width; ///< of other pieces
    int max_area = 64 * 1024;        ///< of other pieces
    int min_solid = 16;              ///< in cells of 16 × 16 pixels
    bool finds_photos = false;

    /// No piece of any kind is wider: no rectangle of Tight may be.
    static constexpr int max_piece_width = 2048;
    /// No piece of any kind is larger.
    static constexpr int max_piece_area = 512 * 1024;

    bool operator==(const SplitLimits&) const = default;
};

/// Keeps its memory from one use to the next.
class Splitter {
public:
    /// The pieces of `rect`, which do not overlap and together are all of it.
    /// Lifetime: until the next call. Requires: `rect` lies inside the frame, and the
    /// limits are positive.
    std::span<const Piece> split(const ui::Frame& frame, const ui::Rect& rect,
                                 const SplitLimits& limits);

private:
    void split_block(const ui::Rect& block);
    void split_rest(const ui::Rect& rest);
    void tile(const ui::Rect& rect, int max_width, int max_area, Piece::Kind kind);

    const ui::Frame* frame_ = nullptr; // while split() runs
    SplitLimits limits_;
    CellMap solids_, photos_;
    std::vector<CellMap::Part> solid_parts_, photo_parts_;
    Palette palette_;
    std::vector<Piece> pieces_;
};

} // namespace qio::vnc
