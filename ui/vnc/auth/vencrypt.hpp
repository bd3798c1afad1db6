// internal: VeNCrypt (security type 19): TLS in mid-connection, and what follows in it.
// Source: RFB, VeNCrypt; the numbers of the SASL sub-types are those in use.
#pragma once

#include <functional>
#include <vector>

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::vnc::auth {

enum class VencryptSubtype : std::uint32_t {
    Plain = 256,
    TLSNone = 257,
    TLSVnc = 258,
    TLSPlain = 259,
    X509None = 260,
    X509Vnc = 261,
    X509Plain = 262,
    X509SASL = 263,
    TLSSASL = 264,
};

inline bool has_tls(VencryptSubtype subtype) {
    return subtype != VencryptSubtype::Plain;
}

/// Negotiates version 0.2 and one of the sub-types offered, begins TLS, and goes on with
/// what the sub-type names.
///
/// Errors: protocol, also for bytes that come behind the choice before TLS has begun.
class Vencrypt final : public Authenticator {
public:
    /// Makes what is inside, on the way as it is then.
    using Make = std::function<Result<std::unique_ptr<Authenticator>>(VencryptSubtype,
                                                                      const Way&)>;

    /// `offered`: the strongest first; at most 255, at least one.
    Vencrypt(std::vector<VencryptSubtype> offered, const Way& way, Make make)
        : offered_(std::move(offered)), way_(way), make_(std::move(make)) {}

    std::string name() const override;
    Result<Outcome> start(Bytes& out) override;
    Result<Outcome> advance(ByteReader& in, EpochSeconds now, Bytes& out) override;
    Result<Outcome> checked(const Outcome& decision) override;
    Result<Outcome> tls_started(const Way& way, Bytes& out) override;
    std::unique_ptr<Layer> take_layer() override;
    bool result_is_inside() const override;
    bool always_tells_reason() const override;

private:
    enum class State : std::uint8_t { version, subtype, tls, inside };

    Result<Outcome> take_version(ByteReader& in, Bytes& out);
    Result<Outcome> take_subtype(ByteReader& in, Bytes& out);
    Result<Outcome> go_inside(const Way& way, Bytes& out);

    const std::vector<VencryptSubtype> offered_;
    const Way way_;
    Make make_;
    State state_ = State::version;
    VencryptSubtype subtype_{};
    std::unique_ptr<Authenticator> inside_;
};

} // namespace qio::vnc::auth
