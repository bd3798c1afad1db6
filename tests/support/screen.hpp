// A screen as people have them: windows, text, a gradient and a photo, made by
// arithmetic.
#pragma once

#include <memory>

#include "ui/rect.hpp"
#include "ui/surface.hpp"

namespace qio::test {

inline constexpr int screen_width = 1280, screen_height = 800;

/// Where things are; the parts do not overlap.
inline constexpr ui::Rect screen_title{100, 60, 640, 24}; ///< of a window, light text
inline constexpr ui::Rect screen_text{104, 88, 632, 448}; ///< of two colours
inline constexpr ui::Rect screen_soft_text{40, 560, 640, 200}; ///< of many greys
inline constexpr ui::Rect screen_gradient{780, 40, 480, 300};
inline constexpr ui::Rect screen_photo{800, 380, 448, 352};

/// The text has moved up by so many of its rows.
std::shared_ptr<ui::Surface> screen(int scrolled = 0);

} // namespace qio::test
