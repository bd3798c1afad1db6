// How the picture of a display is spread over screens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/rect.hpp"

namespace qio::ui {

/// Screens of one display; viewers may ask for as many.
inline constexpr std::size_t max_screens = 16;

/// A part of the picture that is a screen of its own.
struct Screen {
    std::uint32_t id = 0;    ///< stays when the screen changes
    Rect area;               ///< in the picture; screens may overlap
    std::uint32_t flags = 0; ///< as viewers know them; none is defined

    bool operator==(const Screen&) const = default;
};

/// A size, and the screens in it.
struct ScreenLayout {
    int width = 0;
    int height = 0;
    std::vector<Screen> screens;

    bool operator==(const ScreenLayout&) const = default;

    /// One screen that is all of it.
    QIO_API static ScreenLayout one(int width, int height);
};

/// Whether there can be such a layout: a screen at least, each with an id of its own, not
/// empty and inside. Errors: limit (number), invalid_argument (all else).
QIO_API Result<void> check(const ScreenLayout& layout);

/// Whether a display that shows the one has done what the other asks for. A single screen
/// need not have the id that was asked for.
QIO_API bool fulfils(const ScreenLayout& shown, const ScreenLayout& wish);

} // namespace qio::ui
