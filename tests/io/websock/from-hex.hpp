// Bytes written down as hexadecimal text, for tables.
#pragma once

#include <string_view>

#include "io/base/bytes.hpp"

namespace qio::ws {

/// The bytes of "81 05 48"; blanks are skipped.
inline Bytes from_hex(std::string_view text) {
    auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == ' ')
            continue;
        bytes.push_back(std::byte(digit(text[i]) << 4 | digit(text[i + 1])));
        ++i;
    }
    return bytes;
}

} // namespace qio::ws
