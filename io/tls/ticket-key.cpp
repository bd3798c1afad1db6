// The key with which a server seals session tickets.
#include "io/tls/ticket-key.hpp"

#include "io/tls/gnutls-handles.hpp"

namespace qio::tls {

Result<std::shared_ptr<const TicketKey>> TicketKey::create() {
    std::shared_ptr<TicketKey> key(new TicketKey);
    const auto status = gnutls_session_ticket_key_generate(&key->key_);
    if (status < 0)
        return gnutls_error(ErrorKind::exhausted, "session ticket key", status);
    return std::shared_ptr<const TicketKey>(std::move(key));
}

TicketKey::~TicketKey() {
    if (!key_.data)
        return;
    gnutls_memset(key_.data, 0, key_.size);
    gnutls_free(key_.data);
}

Result<void> TicketKey::enable(gnutls_session_t session) const {
    const auto status = gnutls_session_ticket_enable_server(session, &key_);
    if (status < 0)
        return gnutls_error(ErrorKind::io, "session tickets", status);
    return {};
}

} // namespace qio::tls
