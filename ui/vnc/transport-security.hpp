// What is known of the way between a client and us, before RFB begins.
#pragma once

#include <string>

namespace qio::vnc {

struct TransportSecurity {
    bool encrypted = false;   ///< by TLS around all of it (wss)
    unsigned key_bits = 0;    ///< of that TLS
    std::string peer_dname{}; ///< of the client certificate that was verified there
    bool is_unix = false;
    bool is_trusted = false;   ///< whoever it is may come in, unasked
    bool is_view_only = false; ///< whoever it is may only look
    std::string address{};     ///< who has to wait after failed logins; empty: nobody
    /// Both ends as SASL wants them, "number;port"; empty where there is no such thing.
    std::string local_end{}, remote_end{};
    bool operator==(const TransportSecurity&) const = default;
};

} // namespace qio::vnc
