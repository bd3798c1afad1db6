// internal: comparing secrets in a time that tells nothing of them.
#pragma once

#include <nettle/memops.h>
#include <nettle/sha2.h>

#include <array>
#include <string_view>

#include "io/base/bytes.hpp"

namespace qio::vnc::auth {

/// Requires: the same length, which is no secret.
inline bool equal_secrets(ByteView a, ByteView b) {
    return a.size() == b.size() && memeql_sec(a.data(), b.data(), a.size()) != 0;
}

inline std::array<std::byte, SHA256_DIGEST_SIZE> digest_of(std::string_view text) {
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, text.size(),
                  reinterpret_cast<const std::uint8_t*>(text.data()));
    std::array<std::byte, SHA256_DIGEST_SIZE> digest;
    sha256_digest(&context, digest.size(),
                  reinterpret_cast<std::uint8_t*>(digest.data()));
    return digest;
}

/// For texts whose length is a secret, too.
inline bool equal_secrets(std::string_view a, std::string_view b) {
    return equal_secrets(digest_of(a), digest_of(b));
}

} // namespace qio::vnc::auth
