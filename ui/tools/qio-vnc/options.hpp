// internal: what qio-vnc is asked to do on its command line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/socket/address.hpp"
#include "ui/tools/qio-vnc/objects.hpp"
#include "ui/vnc/options.hpp"

namespace qio::bridge {

/// One more path under which a console is to be had.
struct ConsolePath {
    std::string console; ///< as dbus::is_meant() takes it
    std::string path;
    bool operator==(const ConsolePath&) const = default;
};

struct Options {
    enum class Mode : std::uint8_t { serve, help, version };

    Mode mode = Mode::serve;
    std::string dbus_address; ///< empty: the session's bus
    std::optional<int> peer_fd{};
    std::string bus_name = "org.qemu";
    bool wait = false; ///< for a machine, and for the next one

    std::string vnc_address = "localhost:0"; ///< as given
    bool has_vnc_address = false;            ///< whether it was
    /// What -l says, and the options that say the same.
    vnc::DisplayOptions display{};
    std::optional<SocketAddress> http{};
    std::optional<std::string> novnc_folder{};
    std::vector<std::string> hosts{}; ///< more names that browsers reach us by
    std::vector<ConsolePath> paths{};
    /// Character devices to show as terminals, as dbus::is_meant() takes them.
    std::vector<std::string> terminals{"serial.0"};
    bool has_terminals = false; ///< whether they were named
    std::string token_key_file;

    std::string tls_folder;
    std::string password_file;
    std::vector<Object> objects{};
    std::string keyboard_layout; ///< empty: en-us, for viewers that know no key codes
    bool sandbox = false;
    std::string trace;

    const Object* object(std::string_view id) const { return find_object(objects, id); }
};

/// Reads the arguments behind the program's name: "--share X", "--share=X", "-s X",
/// "-sX". Of an option given twice the last one counts; --object, --path and --host add
/// up. Errors: invalid_argument; one line that names the option, its value and what would
/// be right.
Result<Options> parse_options(std::span<const char* const> arguments);

/// Whether the parts fit together: the second half of parse_options(). What depends on
/// inherited sockets is left to check_web().
Result<void> check_options(const Options& options);

/// The answer to --help.
std::string_view help_text();

} // namespace qio::bridge
