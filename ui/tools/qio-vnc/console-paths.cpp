// Under which paths each console is to be had.
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
std::string path_of_label(const dbus::ConsoleInfo& console) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                                       "WXYZ0123456789-_.";
    if (console.label.empty() ||
        console.label.find_first_not_of(plain) != std::string::npos)
        return {};
    const auto path = "/" + console.label;
    return console.head == 0 ? path : path + "." + std::to_string(console.head);
}

} // namespace

bool ConsolePaths::is_named(const std::string& path) const {
    return std::ranges::find(named_, path, &ConsolePath::path) != named_.end();
}

FoundPaths ConsolePaths::take(const dbus::ConsoleInfo& console) {
    FoundPaths found;
    for (const auto& named : named_) {
        if (!dbus::is_meant(console, named.console, 0))
            continue;
        if (taken_.insert(named.path).second)
            found.paths.push_back(named.path);
        else
            found.warnings.push_back(option_of(named) + "Console_" +
                                     std::to_string(console.index) +
                                     " is meant, too, and another console has the path; "
                                     "name one by its number, as Console_0");
    }
    auto label = path_of_label(console);
    if (!label.empty() && !is_named(label) && !vnc::Router::is_reserved(label) &&
        taken_.insert(label).second)
        found.paths.push_back(std::move(label));
    return found;
}

std::vector<std::string>
ConsolePaths::missing(std::span<const dbus::ConsoleInfo> consoles) const {
    std::vector<std::string> warnings;
    std::string labels;
    for (const auto& console : consoles)
        labels += " " + console.label;
    for (const auto& named : named_)
        if (std::ranges::none_of(consoles, [&](auto& console) {
                return dbus::is_meant(console, named.console, 0);
            }))
            warnings.push_back(option_of(named) +
                               "the machine has no such console; there are" + labels);
    return warnings;
}

} // namespace qio::bridge
