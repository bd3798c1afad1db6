// The RFB handshake up to ClientInit, bytes in and bytes out.
#include "ui/vnc/handshake.hpp"

#include <algorithm>

#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

void Handshake::start(Bytes& out) const {
    ByteWriter(out).put_bytes(as_bytes(protocol_version_message));
}

std::size_t Handshake::needed() const {
    return state_ == State::version ? protocol_version_bytes : 1;
}

Result<std::size_t> Handshake::advance(ByteView in, Bytes& out) {
    std::size_t used = 0;
    while (!is_done() && in.size() - used >= needed()) {
        const ByteView field = in.subspan(used, needed());
        used += field.size();
        QIO_TRY(take(field, out));
    }
    return used;
}

Result<void> Handshake::take(ByteView field, Bytes& out) {
    if (state_ == State::version)
        return take_version(field, out);
    const auto byte = std::to_integer<std::uint8_t>(field.front());
    if (state_ == State::security_type)
        return take_security_type(byte, out);
    // Any value but 0 means shared.
    shared_ = byte != 0;
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
    append_security_types(out, version_, offered_);
    // A 3.3 client is told the type, and None has no result message (§7.1.2, §7.2.1).
    state_ = version_ == Version::v3_3 ? State::client_init : State::security_type;
    return {};
}

Result<void> Handshake::take_security_type(std::uint8_t type, Bytes& out) {
    // Only what was offered, whatever else this server could do.
    if (std::ranges::find(offered_, SecurityType(type)) == offered_.end()) {
        append_security_failure(out, version_, "That security type was not offered.");
        return Error{ErrorKind::protocol, 0,
                     "the client chose security type " + std::to_string(type) +
                         ", which was not offered"};
    }
    // §7.1.3: with None, a SecurityResult is sent from 3.8 on.
    if (version_ == Version::v3_8)
        append_security_result(out);
    state_ = State::client_init;
    return {};
}

} // namespace qio::vnc
