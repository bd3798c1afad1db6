// internal: the TLS part of a command line, and what it stands for.
#pragma once

#include <memory>

#include "io/tls/channel-tls.hpp"
#include "tests/interop/options.hpp"

namespace qio::interop {

struct TlsOptions {
    std::string directory{}; ///< empty: no TLS
    std::string priority{};
    std::string psk_user{}; ///< a client's; keys instead of certificates
    std::string authorized{};
    std::string name = "localhost"; ///< that a client looks for
    std::vector<std::string> alpn{};
    bool is_psk = false; ///< a server's
    bool require_alpn = false;
    bool no_verify = false;

    void add_to(Options& options);
    tls::ServerOptions server() const;
    tls::ClientOptions client() const;
    Result<std::shared_ptr<TlsCredentials>> credentials(tls::Endpoint endpoint) const;
};

/// "protocol=TLS1.3 resumed=no alpn=… name=… peer=…", without what is empty.
std::string to_text(const tls::SessionInfo& info);

} // namespace qio::interop
