// A ring of sixty marks: the seconds, and a light that runs around.
#include "ui/tools/demo/ring.hpp"

#include <cmath>
#include <numbers>

namespace qio::demo {

namespace {

constexpr double seconds_per_turn = 3;
constexpr float tail_marks = 18;
// So many shades of the light: a mark that changes by less is not drawn again.
constexpr float shades = 24;
constexpr Colour dark_colour = 0x24304A, first_colour = 0x22D3EE, last_colour = 0xA78BFA,
                 light_colour = 0xFFFFFF;

Colour colour_of(int index, int second, double seconds) {
    const float part = float(index) / Ring::mark_count;
    const Colour lit = mix(first_colour, last_colour, part);
    const Colour base = index <= second ? mix(dark_colour, lit, 0.65F) : dark_colour;
    const double head = std::fmod(seconds / seconds_per_turn, 1.0) * Ring::mark_count;
    const double behind = std::fmod(head - index + Ring::mark_count, Ring::mark_count);
    const float light = std::max(0.0F, 1 - float(behind) / tail_marks);
    return mix(base, mix(lit, light_colour, 0.5F), std::floor(light * shades) / shades);
}

} // namespace

Ring::Ring() {
    colours_.fill(dark_colour);
}

void Ring::place(Point centre, float radius) {
    centre_ = centre;
    radius_ = radius;
}

Stroke Ring::mark(int index) const {
    const float angle = float(index) / mark_count * 2 * std::numbers::pi_v<float>;
    const float x = std::sin(angle), y = -std::cos(angle);
    const float inner = radius_ * (index % 5 == 0 ? 0.86F : 0.9F);
    return {{centre_.x + x * inner, centre_.y + y * inner},
            {centre_.x + x * radius_, centre_.y + y * radius_},
            radius_ * 0.016F};
}

void Ring::advance(double seconds, int second, ui::Region& dirty) {
    for (int index = 0; index < mark_count; ++index) {
        const Colour colour = colour_of(index, second, seconds);
        auto& known = colours_[std::size_t(index)];
        if (colour != known && radius_ > 0)
            dirty.add(mark(index).bounds());
        known = colour;
    }
}

void Ring::paint(Painter& painter) const {
    if (radius_ <= 0)
        return;
    for (int index = 0; index < mark_count; ++index)
        painter.draw(mark(index), colours_[std::size_t(index)]);
}

} // namespace qio::demo
