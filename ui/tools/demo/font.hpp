// The demo's own typeface, drawn with strokes at any size (internal to vnc-demo).
#pragma once

#include <string_view>
#include <vector>

#include "ui/tools/demo/painter.hpp"

namespace qio::demo {

/// How wide a text is, in pixels, at a given height of the capitals. All digits have the
/// same width.
float text_width(std::string_view text, float cap_height);

/// How far letters reach below the base line.
float descent(float cap_height);

/// The strokes of a text; `origin` is the upper left corner of its capitals. Characters
/// outside printable ASCII look like '?'.
std::vector<Stroke> text_strokes(std::string_view text, Point origin, float cap_height);

} // namespace qio::demo
