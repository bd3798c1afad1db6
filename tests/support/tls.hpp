// TLS channels for tests: credentials without files, and sessions on any pair.
#pragma once

#include <optional>
#include <string>

#include "io/tls/channel-tls.hpp"
#include "io/tls/loaded-credentials.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/pipe-channel.hpp"

namespace qio::test {

/// Credentials made in memory.
class TestCredentials final : public TlsCredentials {
public:
    /// The same key on both sides, for "tester".
    static TestCredentials psk(tls::Endpoint endpoint,
                               const std::string& priority = "NORMAL:+ECDHE-PSK",
                               const std::string& key = "a key for tests");
    /// Shows `own` unless it is null, and trusts `authority`. A server asks for a
    /// certificate if it verifies.
    static TestCredentials x509(tls::Endpoint endpoint, const Certificate* own,
                                const Certificate& authority,
                                tls::VerifyPeer verify = tls::VerifyPeer::yes,
                                const std::string& priority = "NORMAL");

    tls::Endpoint endpoint() const override { return endpoint_; }
    tls::VerifyPeer verify_peer() const override { return verify_; }
    Result<void> reload() override { return Error{ErrorKind::not_supported, 0, "no"}; }
    std::shared_ptr<const tls::LoadedCredentials> loaded() const override {
        return loaded_;
    }

private:
    TestCredentials(tls::Endpoint endpoint, tls::VerifyPeer verify,
                    std::shared_ptr<const tls::LoadedCredentials> loaded)
        : endpoint_(endpoint), verify_(verify), loaded_(std::move(loaded)) {}

    const tls::Endpoint endpoint_;
    const tls::VerifyPeer verify_;
    const std::shared_ptr<const tls::LoadedCredentials> loaded_;
};

using TlsPair = std::pair<std::shared_ptr<ChannelTls>, std::shared_ptr<ChannelTls>>;

/// A client and a server with one key, before their handshake.
TlsPair make_tls_pair(const ChannelPair& below,
                      const std::string& priority = "NORMAL:+ECDHE-PSK");

/// How a handshake ended for both sides; empty = well.
struct HandshakeOutcome {
    std::optional<Error> client, server;
    bool is_good() const { return !client && !server; }
};

/// Runs both handshakes on the default context until both have completed.
HandshakeOutcome shake_hands(const TlsPair& pair);

/// Puts TLS on a pair: the client on the first.
ChannelPair put_tls_on(const ChannelPair& below);

} // namespace qio::test
