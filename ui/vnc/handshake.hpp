// internal: the RFB handshake up to ClientInit, bytes in and bytes out.
// Source: RFC 6143 §7.1 to §7.3.1.
#pragma once

#include <cstdint>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "ui/vnc/rfb/types.hpp"
#include "ui/vnc/rfb/version.hpp"

namespace qio::vnc {

/// The server's side of version, security type and ClientInit. Knows no channel.
class Handshake {
public:
    /// `offered`: the security types, strongest first.
    explicit Handshake(std::vector<SecurityType> offered = {SecurityType::None})
        : offered_(std::move(offered)) {}

    /// Appends what the server says first.
    void start(Bytes& out) const;

    /// Takes what it can from the front of `in`, appends answers to `out` and returns the
    /// bytes used. What follows ClientInit is left alone.
    /// Errors: protocol; the last of `out` tells the client, and is to be sent.
    Result<std::size_t> advance(ByteView in, Bytes& out);

    bool is_done() const { return state_ == State::done; }
    /// ClientInit's shared flag. Requires: is_done().
    bool is_shared() const { return shared_; }

private:
    enum class State : std::uint8_t { version, security_type, client_init, done };

    std::size_t needed() const;
    Result<void> take(ByteView field, Bytes& out);
    Result<void> take_version(ByteView field, Bytes& out);
    Result<void> take_security_type(std::uint8_t type, Bytes& out);

    std::vector<SecurityType> offered_;
    State state_ = State::version;
    Version version_ = Version::v3_8;
    bool shared_ = false;
};

} // namespace qio::vnc
