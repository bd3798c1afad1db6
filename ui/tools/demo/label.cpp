// One line of text in the demo's picture.
#include "ui/tools/demo/label.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/tools/demo/font.hpp"

namespace qio::demo {

namespace {

std::size_t common_prefix(std::string_view a, std::string_view b) {
    return std::size_t(std::ranges::mismatch(a, b).in1 - a.begin());
}

ui::Rect hull(const ui::Rect& a, const ui::Rect& b) {
    const int x = std::min(a.x, b.x);
    return {x, a.y, int(std::max(a.right(), b.right()) - x), a.height};
}

} // namespace

ui::Rect Label::set_text(std::string_view text) {
    if (text == text_)
        return {};
    text_ = text;
    const Label old = *this;
    lay_out();
    if (style_.cap_height <= 0 || shown_ == old.shown_)
        return {};
    // With the same origin, whatever stands before the first difference stays.
    const auto first = origin() == old.origin() ? common_prefix(shown_, old.shown_) : 0;
    return hull(old.bounds_from(first), bounds_from(first));
}

void Label::set_style(const LabelStyle& style) {
    style_ = style;
    lay_out();
}

void Label::lay_out() {
    std::string_view text = text_;
    while (style_.max_width > 0 && !text.empty() &&
           text_width(text, style_.cap_height) > style_.max_width)
        text.remove_prefix(1);
    shown_ = text;
    strokes_ = text_strokes(shown_, origin(), style_.cap_height);
}

Point Label::origin() const {
    const float width = text_width(shown_, style_.cap_height);
    const float part = style_.align == Align::left     ? 0
                       : style_.align == Align::centre ? 0.5F
                                                       : 1;
    // A whole pixel, so that the upright lines of a text look the same wherever it is.
    return {std::round(style_.anchor.x - width * part), std::round(style_.anchor.y)};
}

ui::Rect Label::bounds_from(std::size_t first) const {
    const auto size = style_.cap_height;
    const auto at = origin();
    const float reach = size / 6 + 2; // half a line's width and the smooth edge
    const float left = at.x + text_width(shown_.substr(0, first), size);
    const float right = at.x + text_width(shown_, size);
    const int x = int(std::floor(std::min(left, right) - reach));
    const int y = int(std::floor(at.y - reach));
    return {x, y, int(std::ceil(right + reach)) - x,
            int(std::ceil(at.y + size + descent(size) + reach)) - y};
}

void Label::paint(Painter& painter) const {
    if (style_.cap_height <= 0 || intersect(bounds_from(0), painter.clip()).empty())
        return;
    painter.draw(strokes_, style_.colour);
}

} // namespace qio::demo
