// internal: which file of a folder a browser asks for.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace qio::relay {

/// What a path (decoded, without the query) stands for.
struct WebFile {
    enum class Kind : std::uint8_t { none, file, folder };
    Kind kind = Kind::none; ///< folder: its name lacks the slash at the end
    std::string path{};     ///< of a file, without symbolic links
};

/// Finds a file below `root`, which has no symbolic links in its path. A folder with a
/// slash behind it stands for its index.html. Hidden names, "..", double slashes and
/// links that lead out of `root` find nothing.
WebFile find_web_file(const std::string& root, std::string_view path);

struct WebContent {
    std::string bytes;
    std::time_t modified = 0;
};

/// The content of a regular file of at most 16 MiB. Requires: a path of find_web_file().
std::optional<WebContent> read_web_file(const std::string& path);

/// The media type for a file name's ending.
std::string_view media_type(std::string_view path);

} // namespace qio::relay
