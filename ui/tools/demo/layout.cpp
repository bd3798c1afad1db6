// Where everything is in a picture of a given size.
#include "ui/tools/demo/layout.hpp"

#include <algorithm>

namespace qio::demo {

namespace {

constexpr Colour bright = 0xF1F5F9, soft = 0xB6C2D4, dim = 0x7C8BA5, accent = 0x67E8F9;
constexpr int bar_rows = 80, square = 40, square_from_bottom = 60;

/// Gives out the rows between the bars and the squares.
class Composer {
public:
    Composer(int width, int height);
    Layout compose();

private:
    int scaled(float pixels) const { return int(pixels * scale_); }
    int rows_left() const { return bottom_ - top_; }
    void put(LabelId id, float x, float y, float cap_height, Colour colour,
             Align align = Align::left, float max_width = 0);

    void put_squares();
    void put_header();
    void put_input_lines();
    void put_stage();
    void put_ring(const ui::Rect& area);

    Layout layout_;
    float scale_; // 1 at 800 × 600
    int margin_ = 20;
    int top_; // the rows that are free: first, and behind the last
    int bottom_;
};

Composer::Composer(int width, int height) {
    scale_ = std::clamp(std::min(float(width) / 800, float(height) / 600), 0.7F, 8.0F);
    layout_.bounds = {0, 0, width, height};
    bottom_ = height - square_from_bottom;
    top_ = std::min(bar_rows, bottom_);
    layout_.bars = {0, 0, width, top_};
    layout_.key_square = {20, bottom_, square, square};
    layout_.click_square = {80, bottom_, square, square};
}

void Composer::put(LabelId id, float x, float y, float cap_height, Colour colour,
                   Align align, float max_width) {
    // The first and the last line of a text reach out by half their width.
    const float reach = cap_height * 0.07F;
    x += align == Align::left ? reach : align == Align::right ? -reach : 0;
    layout_.label(id) = {{x, y}, cap_height, colour, max_width, align};
}

Layout Composer::compose() {
    put_squares();
    if (layout_.bounds.width >= 320) {
        put_input_lines();
        put_header();
        put_stage();
    }
    return layout_;
}

void Composer::put_squares() {
    const auto y = float(bottom_ + square + 7);
    put(LabelId::key_square, 40, y, 7, soft, Align::centre);
    put(LabelId::click_square, 100, y, 7, soft, Align::centre);
    const float size = 9 * std::min(scale_, 2.0F);
    const float room = float(layout_.bounds.width - 150 - margin_);
    if (room > 420)
        put(LabelId::hint, 150, float(bottom_ + square / 2) - size / 2, size, dim,
            Align::left, room);
}

// From the bottom up: the pointer, and above it the field with the keys.
void Composer::put_input_lines() {
    const int field = scaled(34), line = scaled(34);
    if (rows_left() < field + line + scaled(20))
        return;
    const auto left = float(margin_), text_left = left + 84 * scale_;
    const float size = 11 * scale_;
    bottom_ -= line;
    const auto pointer_y = float(bottom_) + 6 * scale_;
    put(LabelId::pointer_name, left, pointer_y, size, dim);
    put(LabelId::pointer, text_left, pointer_y, size, soft);
    bottom_ -= field;
    layout_.keys_field = {int(text_left) - scaled(12), bottom_ - scaled(6),
                          layout_.bounds.width - margin_ - int(text_left) + scaled(12),
                          scaled(30)};
    const auto keys_y = float(bottom_ - scaled(6)) + (30 * scale_ - size) / 2;
    put(LabelId::keys_name, left, keys_y, size, dim);
    put(LabelId::keys, text_left, keys_y, size, bright, Align::left,
        float(layout_.keys_field.width) - 24 * scale_);
    bottom_ -= scaled(14);
}

void Composer::put_header() {
    const int header = scaled(86);
    if (rows_left() < header)
        return;
    const auto left = float(margin_), right = float(layout_.bounds.width - margin_);
    put(LabelId::title, left, float(top_) + 22 * scale_, 26 * scale_, bright);
    if (layout_.bounds.width >= 500) {
        put(LabelId::subtitle, left, float(top_) + 62 * scale_, 9 * scale_, soft);
        put(LabelId::size, right, float(top_) + 62 * scale_, 9 * scale_, dim,
            Align::right);
    }
    top_ += header;
}

// The ball's box on the left, the clock in its ring on the right.
void Composer::put_stage() {
    const int height = rows_left() - scaled(14);
    if (height < 80)
        return;
    const int width = layout_.bounds.width - 2 * margin_;
    const int right = std::min(width / 2, height + scaled(40));
    layout_.arena = {margin_, top_ + scaled(8), width - right - scaled(10), height};
    put_ring({margin_ + width - right, top_ + scaled(8), right, height});
}

void Composer::put_ring(const ui::Rect& area) {
    const float radius = float(std::min(area.width, area.height)) / 2;
    layout_.ring_centre = {float(area.right()) - radius,
                           float(area.y) + float(area.height) / 2};
    layout_.ring_radius = radius;
    const auto [x, y] = layout_.ring_centre;
    put(LabelId::clock, x, y - radius * 0.18F, radius * 0.2F, bright, Align::centre);
    put(LabelId::date, x, y + radius * 0.22F, radius * 0.085F, accent, Align::centre);
}

} // namespace

Layout make_layout(int width, int height) {
    return Composer(width, height).compose();
}

} // namespace qio::demo
