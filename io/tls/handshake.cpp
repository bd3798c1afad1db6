// A TLS handshake step by step, up to the verdict on the peer.
#include "io/tls/handshake.hpp"

#include <array>
#include <cstring>

#include "io/tls/record-stream.hpp"

namespace qio::tls {

Result<Condition> Handshake::step(Condition ready) {
    if (has(ready, ~Condition::out))
        QIO_TRY(stream_.fill());
    // GnuTLS would take one call more for a wish to renegotiate.
    if (!is_complete_) {
        const auto complete = stream_.shake_hands();
        if (!complete) {
            (void)stream_.flush(); // the alert
            return complete.error();
        }
        is_complete_ = *complete;
    }
    if (!QIO_TRY(stream_.flush()))
        return Condition::out;
    if (!is_complete_)
        return Condition::in;
    QIO_TRY(judge());
    return Condition::none;
}

Result<void> Handshake::judge() {
    describe();
    if (require_alpn_ == RequireAlpn::yes && info_.alpn.empty())
        return refuse({{ErrorKind::protocol, 0, "TLS: no application protocol in common"},
                       GNUTLS_A_NO_APPLICATION_PROTOCOL});
    auto name = check_peer(stream_.session(), endpoint_, policy_);
    if (!name)
        return refuse(name.error());
    info_.peer_name = *std::move(name);
    return {};
}

Result<void> Handshake::refuse(const Refusal& refusal) {
    stream_.send_alert(refusal.alert);
    (void)stream_.flush();
    return refusal.error;
}

void Handshake::describe() {
    gnutls_session_t session = stream_.session();
    const auto text = [](const char* name) { return std::string(name ? name : ""); };
    const auto cipher = gnutls_cipher_get(session);
    info_.protocol = text(gnutls_protocol_get_name(gnutls_protocol_get_version(session)));
    info_.cipher = text(gnutls_cipher_get_name(cipher));
    info_.key_size = gnutls_cipher_get_key_size(cipher);
    info_.is_resumed = gnutls_session_is_resumed(session) != 0;
    gnutls_datum_t alpn{};
    if (gnutls_alpn_get_selected_protocol(session, &alpn) == 0)
        info_.alpn.assign(reinterpret_cast<const char*>(alpn.data), alpn.size);
    std::array<char, 256> name;
    std::size_t size = name.size();
    unsigned type = 0;
    if (endpoint_ == Endpoint::server &&
        gnutls_server_name_get(session, name.data(), &size, &type, 0) == 0 &&
        type == GNUTLS_NAME_DNS)
        info_.server_name.assign(name.data(), strnlen(name.data(), name.size()));
}

} // namespace qio::tls
