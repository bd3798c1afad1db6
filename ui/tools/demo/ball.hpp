// A ball that bounces in a box (internal to vnc-demo).
#pragma once

#include "ui/region.hpp"
#include "ui/tools/demo/painter.hpp"

namespace qio::demo {

/// Where it is follows from the time alone.
class Ball {
public:
    /// Its box; an empty one hides it. The caller draws everything again.
    void place(const ui::Rect& box, float radius);
    /// Adds to `dirty` what has to be drawn again.
    void advance(double seconds, ui::Region& dirty);
    void paint(Painter& painter) const;

private:
    void move(double seconds);
    Stroke disc() const { return {centre_, centre_, radius_}; }
    Stroke shine() const;
    Stroke shadow() const;

    ui::Rect box_;
    float radius_ = 0;
    float height_ = 0; // 0 on the floor … 1 at the top
    Point centre_;
    double seconds_ = 0;
};

} // namespace qio::demo
