// Where the pointer was, fading away.
#include "ui/tools/demo/trail.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace qio::demo {

namespace {

constexpr Colour moved_colour = 0x7DD3FC, pressed_colour = 0xFDBA74;
// A long line would lie in a large rectangle, which would have to be drawn again.
constexpr float max_piece = 48; // pixels
constexpr float radius = 4.5F, pressed_radius = 7;

} // namespace

void Trail::add(Point point, bool pressed, double now, ui::Region& dirty) {
    const Point from = marks_.empty() ? point : last_;
    last_ = point;
    const float dx = point.x - from.x, dy = point.y - from.y;
    const int pieces =
        std::clamp(int(std::hypot(dx, dy) / max_piece), 1, int(max_marks) / 4);
    const auto at = [&](int piece) {
        const float part = float(piece) / float(pieces);
        return Point{from.x + dx * part, from.y + dy * part};
    };
    for (int i = 0; i < pieces; ++i)
        add_mark({{at(i), at(i + 1)}, pressed, now}, dirty);
}

void Trail::add_mark(Mark mark, ui::Region& dirty) {
    fade(mark, mark.birth);
    dirty.add(mark.stroke.bounds());
    marks_.push_back(mark);
    if (marks_.size() > max_marks) {
        dirty.add(marks_.front().stroke.bounds());
        marks_.pop_front();
    }
}

void Trail::advance(double now, ui::Region& dirty) {
    for (auto& mark : marks_) {
        dirty.add(mark.stroke.bounds());
        fade(mark, now);
    }
    std::erase_if(marks_,
                  [&](auto& mark) { return now - mark.birth >= seconds_to_live; });
}

void Trail::fade(Mark& mark, double now) {
    const float age = float(std::clamp((now - mark.birth) / seconds_to_live, 0.0, 1.0));
    mark.stroke.opacity = 0.7F * (1 - age);
    mark.stroke.radius = (mark.pressed ? pressed_radius : radius) * (1 - 0.7F * age);
}

void Trail::paint(Painter& painter) const {
    for (const bool pressed : {false, true}) {
        std::vector<Stroke> strokes;
        for (const auto& mark : marks_)
            if (mark.pressed == pressed)
                strokes.push_back(mark.stroke);
        painter.draw(strokes, pressed ? pressed_colour : moved_colour);
    }
}

} // namespace qio::demo
