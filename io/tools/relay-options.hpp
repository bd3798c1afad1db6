// internal: what qio-relay is asked to do on its command line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/tools/relay-address.hpp"

namespace qio::relay {

struct Options {
    enum class Mode : std::uint8_t { serve, help, version };
    using Milliseconds = std::chrono::milliseconds;

    Mode mode = Mode::serve;
    RelayAddress listen{{}, StdioLeaf()};
    bool is_inherited = false;          ///< on all sockets of the service manager
    std::optional<RelayAddress> target; ///< empty: tokens say where
    std::string token_file;
    std::string token_dir;
    bool token_in_path = false; ///< the last part of the path, not the query parameter
    std::string web;            ///< the folder with files for browsers
    Milliseconds idle_timeout{0};
    Milliseconds heartbeat{0};
    Milliseconds connect_timeout{10'000};
    Milliseconds handshake_timeout{10'000};
    Milliseconds grace{10'000};
    std::size_t max_connections = 0;             ///< 0: as many as the descriptors allow
    std::size_t max_connections_per_address = 0; ///< 0: any number
    std::string access_log;                      ///< "-" = where status lines go
    bool once = false;
    bool json = false;
    bool quiet = false;

    bool has_tokens() const { return !token_file.empty() || !token_dir.empty(); }
    /// Whether standard output carries data, not words.
    bool uses_stdio() const;
};

/// Whether this program can serve files.
enum class WebSupport : bool { no, yes };

/// Reads the arguments behind the program's name; "--web DIR" and "--web=DIR" are the
/// same, and of an option given twice the last one counts. Addresses may stand between
/// options; "--" ends these.
/// Errors: invalid_argument; one line that names the option or the address, and what
/// would be right.
Result<Options> parse_options(std::span<const char* const> arguments, WebSupport web);

/// Whether the parts fit together: the second half of parse_options().
Result<void> check_options(const Options& options, WebSupport web);

/// The answer to --help.
std::string_view help_text();

} // namespace qio::relay
