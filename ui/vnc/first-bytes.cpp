// Which protocol a client speaks.
#include "ui/vnc/first-bytes.hpp"

#include <string_view>

namespace qio::vnc {

namespace {

struct Beginning {
    std::string_view text;
    FirstBytes protocol;
};

constexpr Beginning beginnings[] = {
    {"\x16\x03", FirstBytes::tls}, // ContentType handshake, major version
    {"RFB ", FirstBytes::rfb},      {"GET ", FirstBytes::http},
    {"HEAD ", FirstBytes::http},    {"POST ", FirstBytes::http},
    {"PUT ", FirstBytes::http},     {"DELETE ", FirstBytes::http},
    {"OPTIONS ", FirstBytes::http}, {"CONNECT ", FirstBytes::http},
    {"TRACE ", FirstBytes::http},   {"PATCH ", FirstBytes::http},
};

} // namespace

FirstBytes tell_protocol(ByteView bytes) {
    const auto text = as_text(bytes);
    for (const auto& beginning : beginnings) {
        if (text.starts_with(beginning.text))
            return beginning.protocol;
        if (beginning.text.starts_with(text))
            return FirstBytes::need_more;
    }
    return FirstBytes::unknown;
}

} // namespace qio::vnc
