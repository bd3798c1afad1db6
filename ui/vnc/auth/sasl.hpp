// internal: SASL (security type 20, and inside VeNCrypt), with cyrus-sasl.
// Source: RFB, SASL; RFC 4422.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::vnc::auth {

/// Units/limits: bytes of a mechanism's name, and of one message either way.
inline constexpr std::size_t max_mechanism_bytes = 100;
inline constexpr std::size_t max_sasl_bytes = 1 << 20;

/// What the encryption of a mechanism has to be worth where TLS does not do it: a key of
/// 56 bits.
inline constexpr unsigned min_sasl_ssf = 56;

struct SaslOptions {
    /// Names the configuration file; the first one counts for the whole process.
    std::string application = "qemu";
    /// Whether a user that has proved its name may come in; null = all may. Errors: it
    /// could not be decided; the user is refused.
    std::function<Result<bool>(std::string_view user)> authorize{};
};

/// Whether SASL was built in.
bool has_sasl();

/// An exchange with one client. On a way that TLS encrypts its key length is the external
/// strength, and no layer is negotiated; neither is on a unix socket. Everywhere else the
/// mechanism must bring a layer of 56 bits at least, and none sends a password in clear.
/// Anonymous mechanisms are never offered, and inside anonymous TLS none that sends a
/// password as it is.
///
/// Errors: not_supported (not built in); io (the library could not begin).
/// Context: mechanisms may ask a service, which takes its time.
Result<std::unique_ptr<Authenticator>> make_sasl(const SaslOptions& options,
                                                 const Way& way);

} // namespace qio::vnc::auth
