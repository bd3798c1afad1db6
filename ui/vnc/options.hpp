// The text of a display's options, as emulators take it behind -vnc, and what it says.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "io/socket/address.hpp"
#include "ui/vnc/share-policy.hpp"

namespace qio::vnc {

/// One display: where it is to be had, and on what terms. Names of objects (secrets,
/// credentials, devices) are as in the text: who knows the objects looks them up.
struct DisplayOptions {
    std::string id; ///< empty: see assign_display_ids()

    /// Where RFB is listened for; with `reverse` the one address to connect to. TCP ports
    /// are real ones, 5900 + N. Empty: nowhere.
    std::vector<SocketAddress> addresses;
    /// Where WebSocket is listened for.
    std::vector<SocketAddress> websocket_addresses;
    bool reverse = false; ///< connect to the viewer
    /// Whether a range of ports was given: then people want to know the one that is used.
    bool has_port_range = false;

    bool password = false;       ///< VNC authentication; also with password_secret
    std::string password_secret; ///< the object with the password; empty = set later
    std::string tls_creds;       ///< the server's credentials; empty = no TLS
    std::string tls_authz;       ///< who decides about the client's certificate
    bool sasl = false;
    std::string sasl_authz; ///< who decides about the SASL user

    bool lossy = false;
    bool non_adaptive = false;
    SharePolicy share = SharePolicy::allow_exclusive;
    std::size_t connections = 32; ///< clients that are served; as many may be connecting

    std::string display; ///< the device whose screen it is; empty = the first one
    unsigned head = 0;   ///< of that device
    bool lock_key_sync = true;
    std::chrono::milliseconds key_delay{10};
    std::string audiodev; ///< empty = the default
    bool power_control = false;

    bool operator==(const DisplayOptions&) const = default;
};

/// Reads ENDPOINT{,KEY[=VALUE]}: ENDPOINT is HOST:N, [IPV6]:N, :N, unix:PATH or none. A
/// comma within a value is written twice; KEY alone means KEY=on; of a key given twice
/// the last counts, but vnc= and websocket= add an address each. If the last vnc= is
/// none, or there is none, nothing is listened on. websocket=off takes back those before
/// it.
///
/// Errors: invalid_argument; one line that names the option, and what would be right.
QIO_API Result<DisplayOptions> parse_options(std::string_view text);

/// Gives those without an id the first of "default", "vnc2", "vnc3" and so on that is
/// free. Errors: invalid_argument if two have the same.
QIO_API Result<void> assign_display_ids(std::span<DisplayOptions> displays);

} // namespace qio::vnc
