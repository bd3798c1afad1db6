// The RFB handshake up to ClientInit, bytes in and bytes out.
#include "ui/vnc/handshake.hpp"

#include <algorithm>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

using auth::Accepted;
using auth::Ask;
using auth::Outcome;
using auth::Refused;
using auth::StartTls;

Handshake::Handshake(std::vector<SecurityType> offered, Make make, std::string why_none)
    : offered_(std::move(offered)), make_(std::move(make)),
      why_none_(std::move(why_none)) {}

Handshake::Wait Handshake::wait() const {
    switch (state_) {
    case State::checking:
        return Wait::check;
    case State::starting_tls:
        return Wait::tls;
    case State::authorizing:
        return Wait::authorization;
    case State::refusing:
        return Wait::refusal;
    case State::refused:
    case State::done:
        return Wait::nothing;
    default:
        return Wait::client;
    }
}

void Handshake::start(Bytes& out) const {
    ByteWriter(out).put_bytes(as_bytes(protocol_version_message));
}

Result<std::size_t> Handshake::advance(ByteView in, auth::EpochSeconds now, Bytes& out) {
    ByteReader reader(in);
    while (wait() == Wait::client) {
        const auto before = reader.remaining();
        QIO_TRY(step(reader, now, out));
        if (reader.remaining() == before)
            break;
    }
    return in.size() - reader.remaining();
}

Result<void> Handshake::step(ByteReader& in, auth::EpochSeconds now, Bytes& out) {
    if (state_ == State::authenticating)
        return apply(authenticator_->advance(in, now, out));
    if (state_ == State::version) {
        const auto field = in.take_bytes(protocol_version_bytes);
        return field ? take_version(*field, out) : Result<void>();
    }
    const auto byte = in.take<std::uint8_t>();
    if (!byte)
        return {};
    if (state_ == State::security_type)
        return take_security_type(*byte, out);
    // Any value but 0 means shared.
    shared_ = *byte != 0;
    state_ = State::done;
    return {};
}

Result<void> Handshake::take_version(ByteView field, Bytes& out) {
    const auto version = parse_protocol_version(field);
    if (!version) {
        append_connection_failed(out, Version::v3_3, version.error().message);
        return version.error();
    }
    version_ = *version;
    if (offered_.empty()) {
        append_connection_failed(out, version_, why_none_);
        return Error{ErrorKind::permission_denied, 0, why_none_};
    }
    if (version_ > Version::v3_3) {
        append_security_types(out, version_, offered_);
        state_ = State::security_type;
        return {};
    }
    // A 3.3 client is told the type, and knows these two (§7.1.2). Who is to prove more
    // than it can is refused, never let in with less.
    for (const auto type : {SecurityType::VNCAuthentication, SecurityType::None}) {
        if (std::ranges::find(offered_, type) == offered_.end())
            continue;
        append_security_types(out, version_, {{type}});
        return begin(type, out);
    }
    constexpr auto why = "This server needs RFB 3.7 or 3.8.";
    append_connection_failed(out, version_, why);
    return Error{ErrorKind::protocol, 0, "an RFB 3.3 client cannot prove who it is"};
}

Result<void> Handshake::take_security_type(std::uint8_t type, Bytes& out) {
    // Only what was offered, whatever else this server could do.
    if (std::ranges::find(offered_, SecurityType(type)) == offered_.end()) {
        append_security_failure(out, version_, "That security type was not offered.");
        return Error{ErrorKind::protocol, 0,
                     "the client chose security type " + std::to_string(type) +
                         ", which was not offered"};
    }
    return begin(SecurityType(type), out);
}

Result<void> Handshake::begin(SecurityType type, Bytes& out) {
    authenticator_ = QIO_TRY(make_(type));
    state_ = State::authenticating;
    return apply(authenticator_->start(out));
}

Result<void> Handshake::apply(Result<Outcome> outcome) {
    if (!outcome)
        return std::move(outcome).error();
    if (auto* accepted = std::get_if<Accepted>(&*outcome)) {
        identity_ = std::move(accepted->identity);
        state_ = State::authorizing;
    } else if (auto* refused = std::get_if<Refused>(&*outcome)) {
        is_answered_ = refused->answer == Refused::Answer::result;
        why_refused_ = std::move(refused->why);
        state_ = State::refusing;
    } else if (auto* ask = std::get_if<Ask>(&*outcome)) {
        question_ = std::move(*ask);
        state_ = State::checking;
    } else if (std::holds_alternative<StartTls>(*outcome)) {
        state_ = State::starting_tls;
    } else {
        state_ = State::authenticating;
    }
    return {};
}

Result<void> Handshake::checked(const Outcome& decision, Bytes&) {
    question_ = {};
    return apply(authenticator_->checked(decision));
}

Result<void> Handshake::tls_started(const auth::Way& way, Bytes& out) {
    return apply(authenticator_->tls_started(way, out));
}

/// §7.1.3: with None, a SecurityResult is sent from 3.8 on.
bool Handshake::has_result() const {
    return version_ == Version::v3_8 || authenticator_->always_has_result();
}

void Handshake::append_result(Bytes& out, ByteView result) {
    layer_ = authenticator_->take_layer();
    if (layer_ && authenticator_->result_is_inside())
        // What it seals is small, and no peer has a say in it.
        (void)layer_->encode(result, out);
    else
        ByteWriter(out).put_bytes(result);
}

Result<void> Handshake::authorized(const Outcome& decision, Bytes& out) {
    if (const auto* accepted = std::get_if<Accepted>(&decision)) {
        identity_ = accepted->identity;
        Bytes result;
        if (has_result())
            append_security_result(result);
        append_result(out, result);
        state_ = State::client_init;
        return {};
    }
    return apply(decision);
}

void Handshake::turn_down(std::string reason) {
    why_refused_ = reason_ = std::move(reason);
    state_ = State::refusing;
}

void Handshake::refuse(Bytes& out) {
    Bytes result;
    if (is_answered_ && has_result())
        append_security_failure(
            result, authenticator_->always_tells_reason() ? Version::v3_8 : version_,
            reason_);
    append_result(out, result);
    state_ = State::refused;
}

} // namespace qio::vnc
