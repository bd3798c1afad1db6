// Which file a path of the demo's page stands for, and what to say about it (internal to
// vnc-demo).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/base/bytes.hpp"

namespace qio::demo {

/// A file that is compiled into the program.
struct BuiltinFile {
    std::string_view path; ///< as in the URL
    ByteView content;
};

/// All of them. Generated at build time.
std::span<const BuiltinFile> builtin_files();

/// The type of a file by the end of its name.
std::string_view media_type(std::string_view path);

/// The file "core/rfb.js" for the path "/novnc/core/rfb.js", as sent by the browser.
/// Empty unless every segment is made of ASCII letters, digits, `.`, `_` and `-` and does
/// not begin with a dot: nothing is decoded, so nothing can lead out of the folder.
std::optional<std::string> novnc_file(std::string_view url_path);

} // namespace qio::demo
