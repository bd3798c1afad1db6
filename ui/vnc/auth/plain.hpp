// internal: Plain (256): a user name and a password, as they are.
// Source: RFB, VeNCrypt, Plain subtype.
#pragma once

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::vnc::auth {

/// Units/limits: bytes of a name, and of a password.
inline constexpr std::size_t max_plain_bytes = 1024;

/// Takes name and password, and asks about them. An empty name, and NULs in either, are
/// refused. Errors: limit, before the text itself has come.
class Plain final : public Authenticator {
public:
    std::string name() const override { return "plain"; }
    Result<Outcome> start(Bytes&) override { return Outcome(NeedMore()); }
    Result<Outcome> advance(ByteReader& in, EpochSeconds now, Bytes& out) override;
};

} // namespace qio::vnc::auth
