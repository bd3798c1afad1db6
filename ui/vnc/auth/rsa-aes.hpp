// internal: RSA-AES (RA2, RA2ne and their 256-bit forms): keys agreed on with RSA, then
// name and password under AES. Source: RFB, RSA-AES Security Type.
#pragma once

#include <functional>

#include "ui/vnc/auth/aes-messages.hpp"
#include "ui/vnc/auth/passwords.hpp"
#include "ui/vnc/auth/rsa-key.hpp"

namespace qio::vnc::auth {

struct RsaAesOptions {
    enum class Bits : std::uint8_t { aes128, aes256 };
    /// Whether the session stays encrypted (RA2, RA2-256), or only its beginning.
    enum class Session : bool { clear, encrypted };
    /// What the client is asked for.
    enum class Credentials : std::uint8_t { user_and_password = 1, password = 2 };

    Bits bits = Bits::aes128;
    Session session = Session::encrypted;
    Credentials credentials = Credentials::password;
};

/// Shows the server's key, takes the client's, and asks about the name and password, or
/// compares with the passwords of the display: all of their bytes count here.
class RsaAes final : public Authenticator {
public:
    RsaAes(const RsaAesOptions& options, std::shared_ptr<const RsaKeyPair> key,
           CurrentPasswords passwords)
        : options_(options), key_(std::move(key)), passwords_(std::move(passwords)) {}

    std::string name() const override;
    Result<Outcome> start(Bytes& out) override;
    Result<Outcome> advance(ByteReader& in, EpochSeconds now, Bytes& out) override;
    std::unique_ptr<Layer> take_layer() override;
    bool result_is_inside() const override {
        return options_.session == RsaAesOptions::Session::encrypted;
    }

private:
    enum class State : std::uint8_t { key, random, hash, credentials, done };

    Result<Outcome> take_random(ByteReader& in, Bytes& out);
    void agree(ByteView client_random);
    Result<Outcome> take_hash(ByteReader& in, Bytes& out);
    Result<Outcome> take_credentials(ByteReader& in, EpochSeconds now);
    Outcome decide(std::string_view password, EpochSeconds now) const;
    std::size_t random_bytes() const;
    Bytes hash(ByteView first, ByteView second) const;

    const RsaAesOptions options_;
    const std::shared_ptr<const RsaKeyPair> key_;
    CurrentPasswords passwords_;
    State state_ = State::key;
    RsaPublicKey client_key_;
    Bytes random_;
    std::optional<AesMessages> ours_, theirs_;
};

} // namespace qio::vnc::auth
