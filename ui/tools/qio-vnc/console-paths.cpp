// Under which paths each screen is to be had.
#include "ui/tools/qio-vnc/console-paths.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ui/vnc/router.hpp"

namespace qio::bridge {

namespace {

std::string option_of(const ConsolePath& named) {
    return "--path " + named.console + "=" + named.path + ": ";
}

/// A label as part of a URL; empty if it would have to be encoded.
std::string path_of_label(const std::string& label) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                                       "WXYZ0123456789-_.";
    return label.empty() || label.find_first_not_of(plain) != std::string::npos
               ? std::string()
               : "/" + label;
}

} // namespace

bool ConsolePaths::is_named(const std::string& path) const {
    return std::ranges::find(named_, path, &ConsolePath::path) != named_.end();
}

FoundPaths ConsolePaths::take(const ScreenNames& screen) {
    FoundPaths found;
    for (const auto& named : named_) {
        if (!screen.is_meant(named.console))
            continue;
        if (taken_.insert(named.path).second)
            found.paths.push_back(named.path);
        else
            found.warnings.push_back(option_of(named) + screen.title +
                                     " is meant, too, and another console has the path; "
                                     "name one by its number, as Console_0");
    }
    auto label = path_of_label(screen.label);
    if (!label.empty() && !is_named(label) && !vnc::Router::is_reserved(label) &&
        taken_.insert(label).second)
        found.paths.push_back(std::move(label));
    return found;
}

std::vector<std::string>
ConsolePaths::missing(std::span<const ScreenNames> screens) const {
    std::vector<std::string> warnings;
    std::string labels;
    for (const auto& screen : screens)
        labels += " " + screen.label;
    for (const auto& named : named_)
        if (std::ranges::none_of(
                screens, [&](auto& screen) { return screen.is_meant(named.console); }))
            warnings.push_back(option_of(named) +
                               "the machine has no such console; there are" + labels);
    return warnings;
}

} // namespace qio::bridge
