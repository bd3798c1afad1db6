// A TLS handshake between two credentials, in memory and with nothing but GnuTLS.
#pragma once

#include <errno.h>
#include <gnutls/gnutls.h>

#include <cstring>
#include <memory>
#include <string>

#include "io/base/handle.hpp"
#include "io/tls/credentials.hpp"
#include "io/tls/loaded-credentials.hpp"

namespace qio::test {

/// One end: a session, what has been sent to it, and what it holds on to.
class MemorySession {
public:
    explicit MemorySession(const TlsCredentials& credentials)
        : loaded_(credentials.loaded()) {
        const bool is_server = credentials.endpoint() == tls::Endpoint::server;
        gnutls_session_t session = nullptr;
        gnutls_init(&session, is_server ? GNUTLS_SERVER : GNUTLS_CLIENT);
        session_.reset(session);
        is_attached_ = loaded_->attach(session).has_value();
        gnutls_transport_set_ptr(session, this);
        gnutls_transport_set_push_function(session, &push);
        gnutls_transport_set_pull_function(session, &pull);
        gnutls_transport_set_pull_timeout_function(session, &poll);
    }
    MemorySession(const MemorySession&) = delete;
    MemorySession& operator=(const MemorySession&) = delete;

    gnutls_session_t get() const { return session_.get(); }
    bool is_attached() const { return is_attached_; }
    void connect(MemorySession& other) { other_ = &other; }
    /// Lives as long as the session.
    gnutls_certificate_credentials_t certificates() {
        gnutls_certificate_credentials_t credentials = nullptr;
        gnutls_certificate_allocate_credentials(&credentials);
        certificates_.reset(credentials);
        return credentials;
    }

private:
    static ssize_t push(gnutls_transport_ptr_t self, const void* data, size_t size) {
        static_cast<MemorySession*>(self)->other_->input_.append(
            static_cast<const char*>(data), size);
        return ssize_t(size);
    }
    static ssize_t pull(gnutls_transport_ptr_t pointer, void* data, size_t size) {
        auto& self = *static_cast<MemorySession*>(pointer);
        if (self.input_.empty()) {
            gnutls_transport_set_errno(self.get(), EAGAIN);
            return -1;
        }
        size = std::min(size, self.input_.size());
        std::memcpy(data, self.input_.data(), size);
        self.input_.erase(0, size);
        return ssize_t(size);
    }
    static int poll(gnutls_transport_ptr_t self, unsigned) {
        return !static_cast<MemorySession*>(self)->input_.empty();
    }

    std::shared_ptr<const tls::LoadedCredentials> loaded_;
    Handle<gnutls_certificate_credentials_st, &gnutls_certificate_free_credentials>
        certificates_;
    Handle<gnutls_session_int, &gnutls_deinit> session_;
    bool is_attached_ = false;
    MemorySession* other_ = nullptr;
    std::string input_;
};

/// Lets a client offer certificates besides its own `exchange`, and rather.
inline void make_versatile(MemorySession& client, const std::string& version,
                           const std::string& exchange) {
    gnutls_credentials_set(client.get(), GNUTLS_CRD_CERTIFICATE, client.certificates());
    const std::string priority = "NORMAL:-VERS-ALL:+VERS-" + version + ":" + exchange;
    gnutls_priority_set_direct(client.get(), priority.c_str(), nullptr);
}

/// How both ends came out of it, as GnuTLS statuses: 0 for a good end.
struct HandshakeOutcome {
    int client = GNUTLS_E_AGAIN;
    int server = GNUTLS_E_AGAIN;

    bool is_good() const { return client == 0 && server == 0; }
};

inline void advance(MemorySession& session, int& status) {
    if (status == GNUTLS_E_AGAIN)
        status = gnutls_handshake(session.get());
}

inline HandshakeOutcome shake_hands(MemorySession& client, MemorySession& server) {
    client.connect(server);
    server.connect(client);
    HandshakeOutcome outcome;
    for (int turn = 0; turn < 10; ++turn) {
        advance(client, outcome.client);
        advance(server, outcome.server);
    }
    return outcome;
}

/// The verdict of a session on its peer's certificates, as GnuTLS bits; -1 without any.
inline int verdict_on_peer(const MemorySession& session) {
    unsigned verdict = 0;
    return gnutls_certificate_verify_peers2(session.get(), &verdict) < 0 ? -1
                                                                         : int(verdict);
}

} // namespace qio::test
