// internal: VNC Authentication (security type 2): a challenge encrypted with DES.
// Source: RFC 6143 §7.2.2.
#pragma once

#include <array>

#include "ui/vnc/auth/passwords.hpp"

namespace qio::vnc::auth {

inline constexpr std::size_t challenge_bytes = 16;
using Challenge = std::array<std::byte, challenge_bytes>;

/// What a client that knows the password answers. Only the first eight bytes of the
/// password count. Source: RFC 6143 §7.2.2; each byte of the key is given to DES with its
/// bits in reverse order.
Challenge vnc_response(const Challenge& challenge, std::string_view password);

/// Asks for a password of the display. Whether it is right is decided by the passwords,
/// and the time, when the response has come.
class VncAuthentication final : public Authenticator {
public:
    explicit VncAuthentication(CurrentPasswords passwords)
        : passwords_(std::move(passwords)) {}

    std::string name() const override { return "vnc"; }
    Result<Outcome> start(Bytes& out) override;
    Result<Outcome> advance(ByteReader& in, EpochSeconds now, Bytes& out) override;

private:
    CurrentPasswords passwords_;
    Challenge challenge_{};
};

} // namespace qio::vnc::auth
