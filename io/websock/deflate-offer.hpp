// internal: agreeing on permessage-deflate (RFC 7692 §5, §7.1).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "io/base/error.hpp"
#include "io/websock/deflate-options.hpp"
#include "io/websock/extensions.hpp"

namespace qio::ws {

constexpr std::string_view deflate_extension = "permessage-deflate";

/// A server's choice, and the element of the response that tells the client.
struct DeflateAnswer {
    DeflateAgreement agreement;
    Extension response;
};

/// The server's side: takes the first offer that it can meet.
///
/// Passed over, as if they were not there: other extensions; offers with a parameter that
/// is unknown, doubled or has a wrong value (§7.1); an offer that wants us to compress
/// with 8 bits, of which zlib is incapable; and, if `options` limits the peer's window,
/// offers that do not let us say so. Empty if no offer is left: messages then stay
/// uncompressed.
std::optional<DeflateAnswer> answer_deflate(std::span<const Extension> offers,
                                            const DeflateOptions& options);

/// The client's side: the offer for the request.
Extension deflate_offer(const DeflateOptions& options);

/// The client's side: what the server made of deflate_offer(options), the only extension
/// offered. Empty if the response has no extension.
///
/// Errors: protocol, upon which the connection has to fail (RFC 6455 §4.1, RFC 7692
/// §7.1): another extension, or several; a parameter that is unknown, doubled or has a
/// wrong value; a limit of ours that is not confirmed, or exceeded.
Result<std::optional<DeflateAgreement>>
check_deflate_answer(std::span<const Extension> answer, const DeflateOptions& options);

} // namespace qio::ws
