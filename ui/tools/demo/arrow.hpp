// The demo's mouse pointer (internal to vnc-demo).
#pragma once

#include "ui/cursor.hpp"

namespace qio::demo {

/// A white arrow with a dark edge and a soft shadow; its tip is the hot spot.
ui::Cursor arrow_cursor();

} // namespace qio::demo
