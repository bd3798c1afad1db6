// internal: writing the head of an HTTP/1.1 response.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "io/websock/http-head.hpp"

namespace qio::ws {

/// What every response of a server carries.
struct ResponseCommon {
    std::string_view server_name; ///< empty = no Server field
    std::string_view http_date;   ///< empty = no Date field
};

/// Whether a response has a body in which to say why.
enum class ResponseBody : bool { none, reason };

/// The 101 response with `fields` behind the common ones.
std::string switching_protocols(const ResponseCommon& common,
                                std::span<const HttpField> fields);

/// The response for a refusal. It closes the connection; a 426 also names the protocol to
/// upgrade to (RFC 9110 §15.5.22). Content-Length tells the size of the reason also when
/// there is no body, as for HEAD (RFC 9110 §9.3.2).
std::string refusal_response(const HttpRefusal& refusal, const ResponseCommon& common,
                             ResponseBody body);

/// The reason phrase of a status this library sends. Source: RFC 9110 §15.
std::string_view reason_phrase(int status);

} // namespace qio::ws
