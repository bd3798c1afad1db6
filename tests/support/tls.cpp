// TLS channels for tests: credentials without files, and sessions on any pair.
#include "tests/support/tls.hpp"

#include <glib.h>

#include <algorithm>

#include "tests/support/loop.hpp"

namespace qio::test {

namespace {

using tls::Endpoint;
using tls::VerifyPeer;

gnutls_datum_t datum(const std::string& text) {
    return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
            unsigned(text.size())};
}

/// A ticket key of its own for each server that is made.
class TicketKey {
public:
    TicketKey() { g_assert(gnutls_session_ticket_key_generate(&key_) == 0); }
    ~TicketKey() { gnutls_free(key_.data); }
    TicketKey(const TicketKey&) = delete;
    TicketKey& operator=(const TicketKey&) = delete;
    void attach(gnutls_session_t session) const {
        g_assert(gnutls_session_ticket_enable_server(session, &key_) == 0);
    }

private:
    gnutls_datum_t key_{};
};

class LoadedPsk final : public tls::LoadedCredentials {
public:
    LoadedPsk(Endpoint endpoint, std::string priority, const std::string& key)
        : endpoint_(endpoint), priority_(std::move(priority)) {
        gnutls_psk_allocate_client_credentials(&client_);
        gnutls_psk_allocate_server_credentials(&server_);
        const gnutls_datum_t raw = datum(key);
        gnutls_psk_set_client_credentials(client_, "tester", &raw, GNUTLS_PSK_KEY_RAW);
        gnutls_psk_set_server_credentials_function(server_, &LoadedPsk::find_key);
        std::copy(key.begin(), key.end(), key_.begin());
        size_ = key.size();
    }
    ~LoadedPsk() override {
        gnutls_psk_free_client_credentials(client_);
        gnutls_psk_free_server_credentials(server_);
    }
    LoadedPsk(const LoadedPsk&) = delete;
    LoadedPsk& operator=(const LoadedPsk&) = delete;

    Result<void> attach(gnutls_session_t session) const override {
        if (gnutls_priority_set_direct(session, priority_.c_str(), nullptr) < 0)
            return Error{ErrorKind::invalid_argument, 0, "a bad priority string"};
        const bool is_client = endpoint_ == Endpoint::client;
        gnutls_credentials_set(session, GNUTLS_CRD_PSK,
                               is_client ? static_cast<void*>(client_) : server_);
        gnutls_session_set_ptr(session, const_cast<LoadedPsk*>(this));
        if (!is_client)
            tickets_.attach(session);
        return {};
    }
    bool has_certificates() const override { return false; }

private:
    static int find_key(gnutls_session_t session, const char* user,
                        gnutls_datum_t* key) noexcept {
        const auto* self = static_cast<LoadedPsk*>(gnutls_session_get_ptr(session));
        if (std::string_view(user) != "tester")
            return -1;
        key->data = static_cast<unsigned char*>(gnutls_malloc(self->size_));
        key->size = unsigned(self->size_);
        std::copy_n(self->key_.begin(), self->size_, key->data);
        return 0;
    }

    const Endpoint endpoint_;
    const std::string priority_;
    std::array<char, 64> key_{};
    std::size_t size_ = 0;
    gnutls_psk_client_credentials_t client_ = nullptr;
    gnutls_psk_server_credentials_t server_ = nullptr;
    TicketKey tickets_;
};

class LoadedX509 final : public tls::LoadedCredentials {
public:
    LoadedX509(Endpoint endpoint, VerifyPeer verify, std::string priority,
               const Certificate* own, const Certificate& authority)
        : endpoint_(endpoint), verify_(verify), priority_(std::move(priority)) {
        gnutls_certificate_allocate_credentials(&credentials_);
        gnutls_x509_crt_t ca = authority.get();
        gnutls_certificate_set_x509_trust(credentials_, &ca, 1);
        if (own == nullptr)
            return;
        gnutls_x509_crt_t certificate = own->get();
        const int code =
            gnutls_certificate_set_x509_key(credentials_, &certificate, 1, own->key());
        g_assert(code >= 0);
    }
    ~LoadedX509() override { gnutls_certificate_free_credentials(credentials_); }
    LoadedX509(const LoadedX509&) = delete;
    LoadedX509& operator=(const LoadedX509&) = delete;

    Result<void> attach(gnutls_session_t session) const override {
        if (gnutls_priority_set_direct(session, priority_.c_str(), nullptr) < 0)
            return Error{ErrorKind::invalid_argument, 0, "a bad priority string"};
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_);
        if (endpoint_ == Endpoint::server) {
            tickets_.attach(session);
            if (verify_ == VerifyPeer::yes)
                gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
        }
        return {};
    }
    bool has_certificates() const override { return true; }

private:
    const Endpoint endpoint_;
    const VerifyPeer verify_;
    const std::string priority_;
    gnutls_certificate_credentials_t credentials_ = nullptr;
    TicketKey tickets_;
};

} // namespace

TestCredentials TestCredentials::psk(Endpoint endpoint, const std::string& priority,
                                     const std::string& key) {
    return {endpoint, VerifyPeer::yes,
            std::make_shared<LoadedPsk>(endpoint, priority, key)};
}

TestCredentials TestCredentials::x509(Endpoint endpoint, const Certificate* own,
                                      const Certificate& authority, VerifyPeer verify,
                                      const std::string& priority) {
    return {endpoint, verify,
            std::make_shared<LoadedX509>(endpoint, verify, priority, own, authority)};
}

TlsPair make_tls_pair(const ChannelPair& below, const std::string& priority) {
    auto client = ChannelTls::client(
        below.first, TestCredentials::psk(Endpoint::client, priority), {});
    auto server = ChannelTls::server(below.second,
                                     TestCredentials::psk(Endpoint::server, priority));
    g_assert(client.has_value() && server.has_value());
    return {*client, *server};
}

HandshakeOutcome shake_hands(const TlsPair& pair) {
    HandshakeOutcome outcome;
    int completed = 0;
    pair.first->handshake({}, [&](Result<void> result) {
        ++completed;
        if (!result)
            outcome.client = result.error();
    });
    pair.second->handshake({}, [&](Result<void> result) {
        ++completed;
        if (!result)
            outcome.server = result.error();
    });
    g_assert(run_until([&] { return completed == 2; }));
    return outcome;
}

ChannelPair put_tls_on(const ChannelPair& below) {
    const auto pair = make_tls_pair(below);
    g_assert(shake_hands(pair).is_good());
    return pair;
}

} // namespace qio::test
