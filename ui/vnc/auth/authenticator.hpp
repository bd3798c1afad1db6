// internal: one way to find out who a client is, bytes in and bytes out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "ui/vnc/auth/layer.hpp"

namespace qio::vnc::auth {

/// Seconds since 1970.
using EpochSeconds = std::int64_t;

/// Who a client has proved to be.
struct Identity {
    std::string user{}; ///< empty: nobody by name
    bool view_only = false;
    bool operator==(const Identity&) const = default;
};

// What an authenticator has come to.

struct NeedMore {};
struct Accepted {
    Identity identity{};
};
/// Wrong; the client is told so, unless the protocol has no room for it.
struct Refused {
    std::string why; ///< for traces
    enum class Answer : bool { none, result } answer = Answer::result;
};
/// Somebody else is to decide whether these belong together; see checked().
struct Ask {
    std::string user, password;
};
/// What follows is inside TLS, which the caller begins; see tls_started().
struct StartTls {};

using Outcome = std::variant<NeedMore, Accepted, Refused, Ask, StartTls>;

/// What is known of the way between the client and us.
struct Way {
    bool encrypted = false; ///< by TLS
    bool anonymous = false; ///< TLS without a certificate
    unsigned key_bits = 0;  ///< of TLS
    bool is_local = false;  ///< a unix socket
    /// "address;port" of both ends, or empty where there is none.
    std::string local{}, remote{};
};

/// The server's side of a security type, from the client's choice to the result, which
/// is not its own to send.
///
/// Errors, of every function: protocol or limit; the connection ends, after what was
/// appended to `out`. An error, and every outcome but NeedMore, Ask and StartTls, is the
/// last.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    /// For people and programs: "vnc", "vencrypt+x509+plain".
    virtual std::string name() const = 0;

    /// Appends what the server says first.
    virtual Result<Outcome> start(Bytes& out) = 0;
    /// Takes what it can from the front of `in`.
    virtual Result<Outcome> advance(ByteReader& in, EpochSeconds now, Bytes& out) = 0;
    /// Answers Ask.
    virtual Result<Outcome> checked(const Outcome& decision) { return decision; }
    /// Answers StartTls.
    virtual Result<Outcome> tls_started(const Way&, Bytes&) {
        return Outcome(NeedMore());
    }

    /// What is around the bytes of both directions from now on; null = nothing.
    virtual std::unique_ptr<Layer> take_layer() { return nullptr; }
    /// Whether the result itself travels inside that layer.
    virtual bool result_is_inside() const { return false; }
    /// Whether a result is sent also where that of None is not.
    virtual bool always_has_result() const { return true; }
    /// Whether the reason of a failure is sent to clients of every version.
    virtual bool always_tells_reason() const { return false; }

protected:
    Authenticator() = default;
};

} // namespace qio::vnc::auth
