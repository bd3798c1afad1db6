// What a function appends, as hexadecimal text.
#pragma once

#include <cstddef>
#include <string>

#include "io/base/bytes.hpp"

namespace qio::test {

/// Bytes as hexadecimal text, which a failed assert then shows.
inline std::string hex(ByteView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        text += digits[unsigned(byte) >> 4];
        text += digits[unsigned(byte) & 15];
    }
    return text;
}

/// What `append` appends. It is run over memory that holds no zeros, so that padding
/// nobody wrote would show (P-RFB-30).
template <class Append>
std::string written(Append append) {
    Bytes out(4096, std::byte(0xEE));
    out.resize(3);
    append(out);
    return hex(ByteView(out).subspan(3));
}

} // namespace qio::test

#define assert_written(text, call)                                                       \
    assert_string_equal(qio::test::written([&](qio::Bytes& out) { call; }).c_str(), text)
