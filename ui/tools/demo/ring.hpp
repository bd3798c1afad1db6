// A ring of sixty marks: the seconds, and a light that runs around (internal to
// vnc-demo).
#pragma once

#include <array>

#include "ui/region.hpp"
#include "ui/tools/demo/painter.hpp"

namespace qio::demo {

class Ring {
public:
    static constexpr int mark_count = 60;

    Ring();
    /// A radius of 0 hides it. The caller draws everything again.
    void place(Point centre, float radius);
    /// `second`: 0 … 59, the marks up to it are lit. Adds to `dirty` the marks that
    /// change.
    void advance(double seconds, int second, ui::Region& dirty);
    void paint(Painter& painter) const;

private:
    Stroke mark(int index) const;

    Point centre_;
    float radius_ = 0;
    std::array<Colour, mark_count> colours_;
};

} // namespace qio::demo
