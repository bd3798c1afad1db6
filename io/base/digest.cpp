// SHA-1 and base64 on nettle.
#include "io/base/digest.hpp"

#include <nettle/base64.h>
#include <nettle/sha1.h>

namespace qio {

std::array<std::byte, 20> sha1(ByteView data) {
    sha1_ctx context;
    sha1_init(&context);
    sha1_update(&context, data.size(), reinterpret_cast<const uint8_t*>(data.data()));
    std::array<std::byte, 20> digest;
    sha1_digest(&context, digest.size(), reinterpret_cast<uint8_t*>(digest.data()));
    return digest;
}

std::string base64_encode(ByteView data) {
    std::string text(BASE64_ENCODE_RAW_LENGTH(data.size()), '\0');
    base64_encode_raw(text.data(), data.size(),
                      reinterpret_cast<const uint8_t*>(data.data()));
    return text;
}

std::optional<Bytes> base64_decode(std::string_view text) {
    // nettle skips white space and is lax about padding; neither is base64 on the wire.
    const std::size_t padding = text.size() - text.substr(0, text.find('=')).size();
    if (text.size() % 4 != 0 || padding > 2 ||
        text.find_first_of(" \t\r\n\f\v") != text.npos)
        return std::nullopt;
    base64_decode_ctx context;
    base64_decode_init(&context);
    Bytes data(BASE64_DECODE_LENGTH(text.size()));
    std::size_t length = data.size();
    if (!base64_decode_update(&context, &length, reinterpret_cast<uint8_t*>(data.data()),
                              text.size(), text.data()) ||
        !base64_decode_final(&context))
        return std::nullopt;
    data.resize(length);
    return data;
}

} // namespace qio
