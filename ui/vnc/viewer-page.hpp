// internal: the page that shows a display with noVNC, for programs that bring none.
#pragma once

#include <string_view>

namespace qio::vnc {

struct ViewerFile {
    std::string_view path;
    const char* type;
    std::string_view content;
};

/// `/` and what it needs beside noVNC; null for other paths.
const ViewerFile* viewer_page(std::string_view path);

} // namespace qio::vnc
