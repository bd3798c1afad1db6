// internal: None (security type 1): everybody may come in.
#pragma once

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::vnc::auth {

class None final : public Authenticator {
public:
    /// As a sub-type of VeNCrypt it has one for every version.
    enum class HasResult : bool { from_3_8, always };
    explicit None(HasResult result) : result_(result) {}

    std::string name() const override { return "none"; }
    Result<Outcome> start(Bytes&) override { return Outcome(Accepted()); }
    Result<Outcome> advance(ByteReader&, EpochSeconds, Bytes&) override {
        return Outcome(Accepted());
    }
    bool always_has_result() const override { return result_ == HasResult::always; }

private:
    const HasResult result_;
};

} // namespace qio::vnc::auth
