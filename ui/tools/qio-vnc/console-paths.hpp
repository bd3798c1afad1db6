// internal: under which paths each console is to be had.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "ui/dbus/console-info.hpp"
#include "ui/tools/qio-vnc/options.hpp"

namespace qio::bridge {

/// The paths of one console, and what people are to know about those it does not get.
struct FoundPaths {
    std::vector<std::string> paths{};
    std::vector<std::string> warnings{};
};

/// What --path says, and the labels of the consoles; a path leads to one console.
class ConsolePaths {
public:
    /// Lifetime: borrows `named`.
    explicit ConsolePaths(std::span<const ConsolePath> named) : named_(named) {}

    /// For each console once, in order of precedence: whoever comes first has a path. A
    /// label gives way to what --path says, also about consoles that are not there.
    FoundPaths take(const dbus::ConsoleInfo& console);

    /// Warnings about what --path says of consoles that are not among these.
    std::vector<std::string> missing(std::span<const dbus::ConsoleInfo> consoles) const;

private:
    bool is_named(const std::string& path) const;

    const std::span<const ConsolePath> named_;
    std::set<std::string> taken_{};
};

} // namespace qio::bridge
