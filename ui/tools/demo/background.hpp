// The demo's background and the panels on it (internal to vnc-demo).
#pragma once

#include "ui/tools/demo/layout.hpp"
#include "ui/tools/demo/painter.hpp"

namespace qio::demo {

void draw_background(Painter& painter, const Layout& layout);

} // namespace qio::demo
