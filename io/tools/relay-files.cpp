// Which file of a folder a browser asks for.
#include "io/tools/relay-files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <utility>

#include "io/base/unique-fd.hpp"

namespace qio::relay {

namespace {

constexpr off_t max_file_bytes = off_t{16} << 20;

constexpr std::pair<std::string_view, std::string_view> media_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".ttf", "font/ttf"},
    {".oga", "audio/ogg"},
    {".mp3", "audio/mpeg"},
};

bool is_plain_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) >= ' ' && c != 0x7F && c != '\\';
    });
}

/// "/" and parts that are neither empty nor hidden; the last may be empty.
bool is_open_path(std::string_view path) {
    if (!path.starts_with('/') || !is_plain_text(path))
        return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        const auto part = path.substr(0, end);
        if (part.starts_with('.') || (part.empty() && end != path.size()))
            return false;
        path.remove_prefix(end);
    }
    return true;
}

} // namespace

WebFile find_web_file(const std::string& root, std::string_view path) {
    if (!is_open_path(path))
        return {};
    std::string wanted = root + std::string(path);
    if (wanted.ends_with('/'))
        wanted += "index.html";
    std::array<char, PATH_MAX> real;
    struct stat status;
    const std::string inside = root.ends_with('/') ? root : root + "/";
    if (realpath(wanted.c_str(), real.data()) == nullptr ||
        !std::string_view(real.data()).starts_with(inside) ||
        stat(real.data(), &status) < 0)
        return {};
    if (S_ISDIR(status.st_mode) && !path.ends_with('/'))
        return {WebFile::Kind::folder};
    if (!S_ISREG(status.st_mode))
        return {};
    return {WebFile::Kind::file, real.data()};
}

std::optional<WebContent> read_web_file(const std::string& path) {
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    struct stat status;
    if (!fd || fstat(fd.get(), &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_size > max_file_bytes)
        return std::nullopt;
    WebContent content{std::string(std::size_t(status.st_size), '\0'),
                       status.st_mtim.tv_sec};
    std::size_t done = 0;
    while (done < content.bytes.size()) {
        const auto count =
            read(fd.get(), content.bytes.data() + done, content.bytes.size() - done);
        if (count <= 0)
            return std::nullopt;
        done += std::size_t(count);
    }
    return content;
}

std::string_view media_type(std::string_view path) {
    const auto* known = std::ranges::find_if(
        media_types, [&](const auto& type) { return path.ends_with(type.first); });
    return known == std::end(media_types) ? "application/octet-stream" : known->second;
}

} // namespace qio::relay
