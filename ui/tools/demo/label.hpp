// One line of text in the demo's picture (internal to vnc-demo).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/rect.hpp"
#include "ui/tools/demo/painter.hpp"

namespace qio::demo {

enum class Align : std::uint8_t { left, centre, right };

/// Where a text stands and what it looks like. Units: pixels.
struct LabelStyle {
    Point anchor;         ///< of the capitals: upper left corner, upper centre, …
    float cap_height = 0; ///< 0: the label is not to be seen
    Colour colour = 0;
    float max_width = 0; ///< of a longer text only the end is shown; 0: no limit
    Align align = Align::left;
};

/// A text and its place; tells what has to be drawn again when it changes.
class Label {
public:
    /// Returns the pixels that may have changed.
    ui::Rect set_text(std::string_view text);
    /// The caller draws everything again.
    void set_style(const LabelStyle& style);

    const std::string& text() const { return text_; }
    void paint(Painter& painter) const;

private:
    void lay_out();
    Point origin() const;
    ui::Rect bounds_from(std::size_t first) const;

    LabelStyle style_;
    std::string text_;
    std::string shown_;
    std::vector<Stroke> strokes_;
};

} // namespace qio::demo
