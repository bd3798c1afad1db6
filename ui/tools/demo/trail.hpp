// Where the pointer was, fading away (internal to vnc-demo).
#pragma once

#include <deque>

#include "ui/region.hpp"
#include "ui/tools/demo/painter.hpp"

namespace qio::demo {

/// The line behind the pointer, as short marks. Every function that changes it adds to
/// `dirty` the pixels that have to be drawn again.
class Trail {
public:
    static constexpr std::size_t max_marks = 400;
    static constexpr double seconds_to_live = 1.2;

    void add(Point point, bool pressed, double now, ui::Region& dirty);
    void advance(double now, ui::Region& dirty);
    /// Forgets everything; the caller draws everything again.
    void clear() { marks_.clear(); }

    void paint(Painter& painter) const;

private:
    struct Mark {
        Stroke stroke;
        bool pressed;
        double birth;
    };

    void add_mark(Mark mark, ui::Region& dirty);
    static void fade(Mark& mark, double now);

    std::deque<Mark> marks_;
    Point last_;
};

} // namespace qio::demo
