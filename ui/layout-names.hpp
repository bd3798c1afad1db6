// internal: keyboard layouts by the names that emulators use.
#pragma once

#include <string>
#include <string_view>

namespace qio::ui {

/// A layout of XKB.
struct LayoutName {
    std::string layout;
    std::string variant; ///< empty = the usual one

    bool operator==(const LayoutName&) const = default;
};

/// What a name means: one of those that emulators use, or XKB's own with the variant in
/// brackets. Unknown ones are handed on as they are.
LayoutName layout_name(std::string_view name);

} // namespace qio::ui
