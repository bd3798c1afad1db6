// internal: the RFB handshake up to ClientInit, bytes in and bytes out.
// Source: RFC 6143 §7.1 to §7.3.1.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "ui/vnc/auth/authenticator.hpp"
#include "ui/vnc/rfb/types.hpp"
#include "ui/vnc/rfb/version.hpp"

namespace qio::vnc {

/// The server's side of version, security type, authentication and ClientInit. Knows no
/// channel and no clock: what takes time, or a decision of others, it waits for.
class Handshake {
public:
    using Make =
        std::function<Result<std::unique_ptr<auth::Authenticator>>(SecurityType)>;

    /// `offered`: the security types, strongest first, and what makes them. None of them
    /// refuses everybody, for the reason given.
    Handshake(std::vector<SecurityType> offered, Make make, std::string why_none = {});

    /// What it waits for.
    enum class Wait : std::uint8_t {
        client,        ///< bytes: advance()
        check,         ///< whether name and password belong together: checked()
        tls,           ///< the start of TLS: tls_started()
        authorization, ///< whether that client may stay: authorized()
        refusal,       ///< the moment to say no: refuse()
        nothing,       ///< it is over
    };
    Wait wait() const;

    /// Appends what the server says first.
    void start(Bytes& out) const;

    /// Takes what it can from the front of `in`, appends answers to `out` and returns the
    /// bytes used. What follows ClientInit is left alone, and so is what follows anything
    /// else than the client that it waits for.
    /// Errors: protocol or limit; the last of `out` tells the client, and is to be sent.
    Result<std::size_t> advance(ByteView in, auth::EpochSeconds now, Bytes& out);

    /// Answer wait(): Accepted or Refused. Errors: as advance().
    Result<void> checked(const auth::Outcome& decision, Bytes& out);
    Result<void> authorized(const auth::Outcome& decision, Bytes& out);
    Result<void> tls_started(const auth::Way& way, Bytes& out);
    /// Says no to whatever the client is doing. Wait::refusal follows.
    void turn_down(std::string reason);
    /// Appends the refusal, the last thing there is to say.
    void refuse(Bytes& out);

    /// Whether somebody is proving who he is.
    bool is_authenticating() const { return state_ == State::authenticating; }
    const auth::Ask& question() const { return question_; }
    const auth::Identity& identity() const { return identity_; }
    /// How the client proves who it is; once it has chosen.
    std::string method() const { return authenticator_ ? authenticator_->name() : ""; }
    /// What is around all bytes behind the result; null = nothing. Once.
    std::unique_ptr<auth::Layer> take_layer() { return std::move(layer_); }
    /// ClientInit's shared flag.
    bool is_shared() const { return shared_; }
    const std::string& why_refused() const { return why_refused_; }

private:
    enum class State : std::uint8_t {
        version,
        security_type,
        authenticating,
        checking,
        starting_tls,
        authorizing,
        refusing,
        refused,
        client_init,
        done,
    };

    Result<void> step(ByteReader& in, auth::EpochSeconds now, Bytes& out);
    Result<void> take_version(ByteView field, Bytes& out);
    Result<void> take_security_type(std::uint8_t type, Bytes& out);
    Result<void> begin(SecurityType type, Bytes& out);
    Result<void> apply(Result<auth::Outcome> outcome);
    void append_result(Bytes& out, ByteView result);
    bool has_result() const;

    const std::vector<SecurityType> offered_;
    Make make_;
    const std::string why_none_;
    State state_ = State::version;
    Version version_ = Version::v3_8;
    std::unique_ptr<auth::Authenticator> authenticator_;
    std::unique_ptr<auth::Layer> layer_;
    auth::Ask question_;
    auth::Identity identity_;
    bool shared_ = false;
    bool is_answered_ = true; // a refusal reaches the client
    std::string reason_ = "Authentication failed";
    std::string why_refused_;
};

} // namespace qio::vnc
