// Fuzz target: any bytes as a stream of client messages, once with nothing and once with
// everything negotiated.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "ui/vnc/rfb/reader.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// A message whose bytes arrive one by one is refused no later, and complete no sooner.
void check_prefixes(ByteView message, const Negotiated& negotiated, std::size_t up_to) {
    for (std::size_t have = 0; have < up_to; ++have) {
        const auto size = client_message_size(message.first(have), negotiated);
        require(size && *size > have && *size <= message.size());
        const auto part = parse_client_message(message.first(have), negotiated);
        require(part && !*part);
    }
}

/// How many bytes the message at the front took; 0 at the end of the stream.
std::size_t read_message(ByteView bytes, const Negotiated& negotiated) {
    const auto size = client_message_size(bytes, negotiated);
    const auto parsed = parse_client_message(bytes, negotiated);
    if (!parsed)
        return 0;
    require(size && *size <= max_client_message_bytes);
    if (!*parsed) {
        require(*size > bytes.size());
        return 0;
    }
    const auto consumed = (*parsed)->consumed;
    require(consumed == *size && consumed > 0 && consumed <= bytes.size());
    check_prefixes(bytes.first(consumed), negotiated,
                   std::min<std::size_t>(consumed, 64));
    const auto alone = parse_client_message(bytes.first(consumed), negotiated);
    require(alone && *alone && (*alone)->message == (*parsed)->message);
    return consumed;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr Negotiated everything{.continuous_updates = true,
                                    .fence = true,
                                    .xvp = true,
                                    .audio = true,
                                    .extended_clipboard = true,
                                    .extended_mouse_buttons = true};
    for (const auto& negotiated : {Negotiated{}, everything}) {
        ByteView rest = std::as_bytes(std::span(data, size));
        while (const auto consumed = read_message(rest, negotiated))
            rest = rest.subspan(consumed);
    }
    return 0;
}
