// What a TLS session is asked for, and what it has agreed on.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/tls/authorization.hpp"

namespace qio::tls {

/// Whether a client looks for the server's name in its certificate.
enum class CheckName : bool { no, yes };
/// Whether a client tells the server the name it looks for (SNI, RFC 6066 §3).
enum class SendName : bool { no, yes };
/// Whether a server refuses clients that share no application protocol with it.
enum class RequireAlpn : bool { no, yes };

struct ClientOptions {
    /// The host name or IP address that the server's certificate must have. Not to be
    /// left out when a certificate is verified, unless `check_name` says so.
    std::string server_name{};
    CheckName check_name = CheckName::yes;
    SendName send_name = SendName::yes; ///< names only, never addresses
    std::vector<std::string> alpn{};    ///< protocols to offer, the best first
    /// Whether the server may be talked to, by its certificate's distinguished name.
    std::shared_ptr<const Authorization> authorization{};
    Bytes session_data{}; ///< of an earlier session with this server; see session_data()
};

struct ServerOptions {
    /// Who may come in, by the certificate's distinguished name.
    std::shared_ptr<const Authorization> authorization{};
    std::vector<std::string> alpn{}; ///< protocols to choose from, the best first
    RequireAlpn require_alpn = RequireAlpn::no;
};

/// What a handshake has agreed on.
struct SessionInfo {
    /// The verified peer's whole distinguished name ("C=UK,CN=qemu"); "" without one.
    std::string peer_name{};
    std::string protocol{};    ///< "TLS1.3"
    std::string cipher{};      ///< "AES-128-GCM"
    std::size_t key_size = 0;  ///< of the cipher; bytes
    std::string alpn{};        ///< "" = none
    std::string server_name{}; ///< on the server: what the client asked for
    bool is_resumed = false;
};

} // namespace qio::tls
