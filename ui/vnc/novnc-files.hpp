// internal: the files of noVNC, from a folder or from within the library.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qio::vnc {

struct NovncFile {
    const char* type;
    std::string content;
};

/// The file core/rfb.js for the path "/novnc/core/rfb.js".
///
/// Empty unless every segment is made of ASCII letters, digits, `.`, `_` and `-` and does
/// not begin with a dot: nothing is decoded, so nothing can lead out of the folder.
/// Limits: 16 MiB.
std::optional<NovncFile> novnc_file(std::string_view url_path,
                                    const std::optional<std::string>& folder);

} // namespace qio::vnc
