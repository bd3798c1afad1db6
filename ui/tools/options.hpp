// What vnc-demo is asked to do on its command line (internal to vnc-demo).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace qio::demo {

struct Options {
    enum class Mode { serve, help, version };

    Mode mode = Mode::serve;
    std::uint16_t page_port = 6080;
    std::uint16_t websocket_port = 5700;
    std::uint16_t rfb_port = 5900;
    std::string address = "127.0.0.1";
    std::optional<std::string> unix_path;
    std::optional<std::string> novnc_folder;
    std::optional<std::string> password_file;
    std::optional<std::string> tls_folder;
    int width = 800;
    int height = 600;
    bool json = false;
};

/// Reads the arguments behind the program's name; "--port 1" and "--port=1" are the same,
/// and of an option given twice the last one counts.
/// Errors: invalid_argument; one line that names the option, its value and what would be
/// right.
Result<Options> parse_options(std::span<const char* const> arguments);

/// The answer to --help.
std::string_view help_text();

} // namespace qio::demo
