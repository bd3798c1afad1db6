// Keyboard layouts by the names that emulators use.
#include "ui/layout-names.hpp"

#include <algorithm>
#include <array>

namespace qio::ui {

namespace {

struct Known {
    std::string_view name, layout, variant;
};

// Those that XKB calls otherwise, or that mean a variant.
constexpr std::array known = {
    Known{"ar", "ara", ""},     Known{"bepo", "fr", "bepo"}, Known{"da", "dk", ""},
    Known{"de-ch", "ch", ""},   Known{"en-gb", "gb", ""},    Known{"en-us", "us", ""},
    Known{"et", "ee", ""},      Known{"fr-be", "be", ""},    Known{"fr-ca", "ca", ""},
    Known{"fr-ch", "ch", "fr"}, Known{"ja", "jp", ""},       Known{"pt-br", "br", ""},
    Known{"sl", "si", ""},      Known{"sv", "se", ""},
};

} // namespace

LayoutName layout_name(std::string_view name) {
    const auto found = std::ranges::find(known, name, &Known::name);
    if (found != known.end())
        return {std::string(found->layout), std::string(found->variant)};
    const auto bracket = name.find('(');
    if (bracket == name.npos || !name.ends_with(')'))
        return {std::string(name), ""};
    return {std::string(name.substr(0, bracket)),
            std::string(name.substr(bracket + 1, name.size() - bracket - 2))};
}

} // namespace qio::ui
