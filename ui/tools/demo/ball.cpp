// A ball that bounces in a box.
#include "ui/tools/demo/ball.hpp"

#include <cmath>

namespace qio::demo {

namespace {

constexpr double seconds_across = 3.1, seconds_per_bounce = 1.3;
constexpr Colour ball_colour = 0xF97316, shine_colour = 0xFED7AA,
                 shadow_colour = 0x060A14;

float fraction(double value) {
    return float(value - std::floor(value));
}

} // namespace

void Ball::place(const ui::Rect& box, float radius) {
    box_ = box;
    radius_ = radius;
    move(seconds_);
}

void Ball::move(double seconds) {
    seconds_ = seconds;
    const float to_and_fro =
        std::abs(2 * fraction(seconds / (2 * seconds_across)) - 1); // 1 … 0 … 1
    const float from_apex = 2 * fraction(seconds / seconds_per_bounce) - 1;
    height_ = 1 - from_apex * from_apex;
    const float width = float(box_.width) - 2 * radius_;
    const float rise = float(box_.height) - 2 * radius_ - shadow().radius;
    centre_.x = float(box_.x) + radius_ + width * to_and_fro;
    centre_.y = float(box_.bottom()) - shadow().radius - radius_ - rise * 0.9F * height_;
}

Stroke Ball::shine() const {
    const Point at{centre_.x - radius_ * 0.35F, centre_.y - radius_ * 0.35F};
    return {at, at, radius_ * 0.28F, 0.8F};
}

Stroke Ball::shadow() const {
    const float thickness = radius_ * 0.12F;
    const float half = radius_ * (0.9F - 0.5F * height_);
    const float y = float(box_.bottom()) - thickness - 1;
    return {
        {centre_.x - half, y}, {centre_.x + half, y}, thickness, 0.9F - 0.5F * height_};
}

void Ball::advance(double seconds, ui::Region& dirty) {
    if (box_.empty())
        return move(seconds);
    dirty.add(disc().bounds());
    dirty.add(shadow().bounds());
    move(seconds);
    dirty.add(disc().bounds());
    dirty.add(shadow().bounds());
}

void Ball::paint(Painter& painter) const {
    if (box_.empty())
        return;
    auto inside = painter.within(box_);
    inside.draw(shadow(), shadow_colour);
    inside.draw(disc(), ball_colour);
    inside.draw(shine(), shine_colour);
}

} // namespace qio::demo
