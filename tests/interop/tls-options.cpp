// The TLS part of a command line, and what it stands for.
#include "tests/interop/tls-options.hpp"

#include "io/tls/authorization-simple.hpp"
#include "io/tls/credentials-psk.hpp"
#include "io/tls/credentials-x509.hpp"

namespace qio::interop {

void TlsOptions::add_to(Options& options) {
    options.text("--tls", directory)
        .text("--priority", priority)
        .flag("--psk", is_psk)
        .text("--psk-user", psk_user)
        .text("--authorized", authorized)
        .text("--name", name)
        .list("--alpn", alpn)
        .flag("--require-alpn", require_alpn)
        .flag("--no-verify", no_verify);
}

tls::ServerOptions TlsOptions::server() const {
    tls::ServerOptions options{.alpn = alpn,
                               .require_alpn = tls::RequireAlpn(require_alpn)};
    if (!authorized.empty())
        options.authorization = AuthorizationSimple::create(authorized);
    return options;
}

tls::ClientOptions TlsOptions::client() const {
    return {.server_name = name, .alpn = alpn};
}

Result<std::shared_ptr<TlsCredentials>>
TlsOptions::credentials(tls::Endpoint endpoint) const {
    if (is_psk || !psk_user.empty())
        return QIO_TRY(TlsCredentialsPsk::create({.endpoint = endpoint,
                                                  .directory = directory,
                                                  .priority = priority,
                                                  .username = psk_user}));
    return QIO_TRY(TlsCredentialsX509::create({.endpoint = endpoint,
                                               .directory = directory,
                                               .verify_peer = tls::VerifyPeer(!no_verify),
                                               .priority = priority}));
}

std::string to_text(const tls::SessionInfo& info) {
    std::string text = "protocol=" + info.protocol;
    text.append(" resumed=").append(info.is_resumed ? "yes" : "no");
    const std::pair<const char*, const std::string&> rest[] = {
        {" alpn=", info.alpn}, {" name=", info.server_name}, {" peer=", info.peer_name}};
    for (auto& [label, value] : rest)
        if (!value.empty())
            text.append(label).append(value);
    return text;
}

} // namespace qio::interop
