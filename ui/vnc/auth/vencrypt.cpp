// VeNCrypt (security type 19): TLS in mid-connection, and what follows in it.
#include "ui/vnc/auth/vencrypt.hpp"

#include <algorithm>

namespace qio::vnc::auth {

namespace {

constexpr std::uint16_t version_0_2 = 0x0002;

// The two acknowledgements have opposite senses.
constexpr std::uint8_t version_ok = 0, version_refused = 1;
constexpr std::uint8_t subtype_ok = 1, subtype_refused = 0;

bool is_x509(VencryptSubtype subtype) {
    return subtype >= VencryptSubtype::X509None && subtype <= VencryptSubtype::X509SASL;
}

Error broken(std::string message) {
    return {ErrorKind::protocol, 0, std::move(message)};
}

} // namespace

std::string Vencrypt::name() const {
    if (!inside_)
        return "vencrypt";
    if (!has_tls(subtype_))
        return "vencrypt+" + inside_->name();
    return (is_x509(subtype_) ? "vencrypt+x509+" : "vencrypt+tls+") + inside_->name();
}

Result<Outcome> Vencrypt::start(Bytes& out) {
    ByteWriter(out).put(version_0_2);
    return NeedMore();
}

Result<Outcome> Vencrypt::advance(ByteReader& in, EpochSeconds now, Bytes& out) {
    if (state_ == State::version)
        QIO_TRY(take_version(in, out));
    if (state_ == State::subtype)
        return take_subtype(in, out);
    if (state_ == State::inside)
        return inside_->advance(in, now, out);
    return NeedMore();
}

Result<Outcome> Vencrypt::take_version(ByteReader& in, Bytes& out) {
    const auto version = in.take<std::uint16_t>();
    if (!version)
        return NeedMore();
    ByteWriter writer(out);
    if (*version != version_0_2) {
        writer.put(version_refused);
        return broken("the client wants another version of VeNCrypt than 0.2");
    }
    writer.put(version_ok).put(std::uint8_t(offered_.size()));
    for (const auto subtype : offered_)
        writer.put(std::uint32_t(subtype));
    state_ = State::subtype;
    return NeedMore();
}

Result<Outcome> Vencrypt::take_subtype(ByteReader& in, Bytes& out) {
    const auto chosen = in.take<std::uint32_t>();
    if (!chosen)
        return NeedMore();
    ByteWriter writer(out);
    if (std::ranges::find(offered_, VencryptSubtype(*chosen)) == offered_.end()) {
        writer.put(subtype_refused);
        return broken("the client chose VeNCrypt sub-type " + std::to_string(*chosen) +
                      ", which was not offered");
    }
    subtype_ = VencryptSubtype(*chosen);
    if (!has_tls(subtype_)) {
        writer.put(subtype_ok);
        return go_inside(way_, out);
    }
    // They would be taken for what was said inside TLS.
    if (in.remaining() != 0)
        return broken("the client sent bytes between its choice and TLS");
    writer.put(subtype_ok);
    state_ = State::tls;
    return StartTls();
}

Result<Outcome> Vencrypt::tls_started(const Way& way, Bytes& out) {
    return go_inside(way, out);
}

Result<Outcome> Vencrypt::go_inside(const Way& way, Bytes& out) {
    inside_ = QIO_TRY(make_(subtype_, way));
    state_ = State::inside;
    return inside_->start(out);
}

Result<Outcome> Vencrypt::checked(const Outcome& decision) {
    return inside_->checked(decision);
}

std::unique_ptr<Layer> Vencrypt::take_layer() {
    return inside_ ? inside_->take_layer() : nullptr;
}

bool Vencrypt::result_is_inside() const {
    return inside_ && inside_->result_is_inside();
}

bool Vencrypt::always_tells_reason() const {
    return inside_ && inside_->always_tells_reason();
}

} // namespace qio::vnc::auth
