// internal: the key with which a server seals session tickets.
#pragma once

#include <gnutls/gnutls.h>

#include <memory>

#include "io/base/error.hpp"

namespace qio::tls {

/// Made once for a server's credentials and shared by what they load, so that a client
/// may resume over a reload. GnuTLS derives from it keys that change with time.
class TicketKey {
public:
    static Result<std::shared_ptr<const TicketKey>> create();
    ~TicketKey();
    TicketKey(const TicketKey&) = delete;
    TicketKey& operator=(const TicketKey&) = delete;

    /// Lets a server's session hand out tickets and accept them. The session keeps a
    /// copy.
    Result<void> enable(gnutls_session_t session) const;

private:
    TicketKey() = default;

    gnutls_datum_t key_{};
};

} // namespace qio::tls
