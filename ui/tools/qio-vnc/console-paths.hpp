// internal: under which paths each screen is to be had.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "ui/tools/qio-vnc/options.hpp"
#include "ui/tools/qio-vnc/screen-names.hpp"

namespace qio::bridge {

/// The paths of one screen, and what people are to know about those it does not get.
struct FoundPaths {
    std::vector<std::string> paths{};
    std::vector<std::string> warnings{};
};

/// What --path says, and the labels of the screens; a path leads to one screen.
class ConsolePaths {
public:
    /// Lifetime: borrows `named`.
    explicit ConsolePaths(std::span<const ConsolePath> named) : named_(named) {}

    /// For each screen once, in order of precedence: whoever comes first has a path. A
    /// label gives way to what --path says, also about screens that are not there.
    FoundPaths take(const ScreenNames& screen);

    /// Warnings about what --path says of screens that are not among these.
    std::vector<std::string> missing(std::span<const ScreenNames> screens) const;

private:
    bool is_named(const std::string& path) const;

    const std::span<const ConsolePath> named_;
    std::set<std::string> taken_{};
};

} // namespace qio::bridge
