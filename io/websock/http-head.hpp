// The head of an HTTP/1.1 request or response: finding its end, and parsing it strictly
// (RFC 9112).
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"
#include "io/base/error.hpp"

namespace qio::ws {

/// What a peer that has not been let in yet may make us hold.
struct HttpLimits {
    std::size_t max_head_bytes = 4096; ///< first line, fields and the empty line
    std::size_t max_fields = 32;
};

/// Looks for the empty line that ends a head while the head is still arriving.
class QIO_API HeadScanner {
public:
    /// The head's length, its empty line included, once that has arrived. `received` is
    /// everything so far, and grows from call to call; no byte is looked at more than
    /// four times, however small the steps.
    std::optional<std::size_t> scan(ByteView received);

private:
    std::size_t scanned_ = 0;
    std::optional<std::size_t> length_;
};

/// One field of a head.
struct HttpField {
    std::string name;  ///< of a parsed head: in lower case
    std::string value; ///< without the blanks around it
};

/// Whether a field can be sent beside those that a handshake writes itself: a token and a
/// sound value, and none of the names that only the handshake sends.
QIO_API bool is_extra_field(const HttpField& field);

/// The fields of a parsed head. Everything in it is the peer's word.
struct QIO_API HttpFields {
    std::vector<HttpField> fields; ///< in the order they came

    /// The first field of that (lower-case) name, or null.
    const std::string* field(std::string_view name) const;
    /// How many fields have that (lower-case) name.
    std::size_t count(std::string_view name) const;
    /// The elements of all comma lists of that (lower-case) name, in order.
    /// Lifetime: views into this object.
    std::vector<std::string_view> tokens(std::string_view name) const;
};

/// A parsed request head.
struct HttpRequest : HttpFields {
    std::string method;
    std::string target;    ///< as sent
    std::string authority; ///< of an absolute-form target, in place of Host; else empty
    std::string path;      ///< without the query, not percent-decoded; never empty
    std::string query;     ///< behind the question mark
    int version_major = 1;
    int version_minor = 1;
};

/// A parsed response head.
struct HttpResponse : HttpFields {
    int status = 0;
    std::string reason; ///< may be empty
    int version_major = 1;
    int version_minor = 1;
};

/// Why a request is turned down, in terms of the response to send.
struct HttpRefusal {
    int status = 400;
    std::string reason_text;       ///< one sentence for the body; never the peer's words
    std::vector<HttpField> fields; ///< beside those every refusal carries
};

/// Parses a complete head, its empty line included.
///
/// Errors: 400 for whatever RFC 9112 does not allow (a bare CR or LF, NUL and other
/// control characters, a folded line, a blank before the colon, no colon, a name or
/// method that is no token, a target that is neither origin-form nor absolute-form); 431
/// beyond a limit; 405 for a method other than GET; 505 for a major version other than 1;
/// 400 for HTTP/1.0, which has no Upgrade (RFC 6455 §4.2.1 asks for 1.1 or higher and
/// suggests 400; 505 speaks of major versions only, RFC 9110 §15.6.6).
QIO_API std::expected<HttpRequest, HttpRefusal>
parse_request_head(ByteView head, const HttpLimits& limits);

/// Parses a complete response head, its empty line included. Any status, any HTTP/1.x;
/// the reason may be missing together with the blank in front of it.
///
/// Errors: protocol for what RFC 9112 does not allow, and for another major version;
/// limit.
QIO_API Result<HttpResponse> parse_response_head(ByteView head, const HttpLimits& limits);

/// The refusal (431) of a head that does not end within the limit.
QIO_API HttpRefusal head_too_large();

} // namespace qio::ws
