// Which file a path of the demo's page stands for, and what to say about it.
#include "ui/tools/page-files.hpp"

#include <algorithm>
#include <ranges>

namespace qio::demo {

namespace {

struct Type {
    std::string_view ending;
    std::string_view name;
};

constexpr Type types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
};

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '-';
}

} // namespace

std::string_view media_type(std::string_view path) {
    for (const auto& type : types)
        if (path.ends_with(type.ending))
            return type.name;
    return "application/octet-stream";
}

std::optional<std::string> novnc_file(std::string_view url_path) {
    constexpr std::string_view prefix = "/novnc/";
    if (!url_path.starts_with(prefix))
        return std::nullopt;
    url_path.remove_prefix(prefix.size());
    for (const auto segment : std::views::split(url_path, '/')) {
        const std::string_view name(segment.begin(), segment.end());
        if (name.empty() || name.starts_with('.') || !std::ranges::all_of(name, is_plain))
            return std::nullopt;
    }
    return url_path.empty() ? std::nullopt : std::optional(std::string(url_path));
}

} // namespace qio::demo
