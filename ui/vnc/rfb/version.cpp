// The ProtocolVersion handshake.
#include "ui/vnc/rfb/version.hpp"

#include <optional>
#include <string>

namespace qio::vnc {

namespace {

std::optional<int> three_digits(std::string_view text) {
    int number = 0;
    for (const char digit : text.substr(0, 3)) {
        if (digit < '0' || digit > '9')
            return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    return number;
}

} // namespace

Result<Version> parse_protocol_version(ByteView message) {
    const auto text = as_text(message);
    const Error malformed{ErrorKind::protocol, 0, "malformed ProtocolVersion"};
    if (text.size() != protocol_version_bytes || !text.starts_with("RFB ") ||
        text[7] != '.' || text[11] != '\n')
        return malformed;
    const auto major = three_digits(text.substr(4));
    const auto minor = three_digits(text.substr(8));
    if (!major || !minor)
        return malformed;
    if (*major < 3 || (*major == 3 && *minor < 3))
        return Error{ErrorKind::protocol, 0,
                     "protocol version " + std::to_string(*major) + "." +
                         std::to_string(*minor) + " is not supported"};
    if (*major > 3 || *minor >= 8)
        return Version::v3_8;
    return *minor == 7 ? Version::v3_7 : Version::v3_3;
}

} // namespace qio::vnc
