// internal: a TLS handshake step by step, up to the verdict on the peer.
#pragma once

#include "io/core/channel.hpp"
#include "io/tls/peer-check.hpp"
#include "io/tls/session-options.hpp"

namespace qio::tls {

class RecordStream;

/// Carries the handshake of a stream as far as it gets without waiting.
/// Lifetime: borrows the stream. Runs the policy's authorization, which is its user's
/// code.
class Handshake {
public:
    Handshake(RecordStream& stream, Endpoint endpoint, PeerPolicy policy,
              RequireAlpn require_alpn)
        : stream_(stream), endpoint_(endpoint), policy_(std::move(policy)),
          require_alpn_(require_alpn) {}

    /// What the transport is ready for; returns what to wait for next, none when the
    /// session may be used. One read of the transport at most, and that only if it is
    /// ready: it may be a blocking one.
    /// Errors: permission_denied, protocol, disconnected. The peer has been told, if it
    /// can be at once.
    Result<Condition> step(Condition ready);

    /// After the last step.
    const SessionInfo& info() const { return info_; }

private:
    Result<void> judge();
    void describe();
    Result<void> refuse(const Refusal& refusal);

    RecordStream& stream_;
    const Endpoint endpoint_;
    const PeerPolicy policy_;
    const RequireAlpn require_alpn_;
    bool is_complete_ = false; // but for the verdict
    SessionInfo info_;
};

} // namespace qio::tls
