// internal: what a machine writes, as valid UTF-8.
#pragma once

#include <cstdint>
#include <string>

#include "io/base/bytes.hpp"
#include "ui/terminal/encoding.hpp"

namespace qio::terminal {

/// Takes bytes that are cut anywhere. What is no UTF-8 becomes U+FFFD.
///
/// Characters without a width of their own are left out: letters are drawn by themselves,
/// and libvterm keeps without limit what is to be put on one of them. So are the control
/// characters from U+0080 to U+009F, which ask the same as sequences that begin with ESC.
class Decoder {
public:
    /// From the next byte on; a character that has begun is forgotten.
    void set_encoding(Encoding encoding);
    /// Appends to `utf8`, at most three times as many bytes and three more.
    void decode(ByteView bytes, std::string& utf8);

private:
    void decode_utf8(std::uint8_t byte, std::string& utf8);
    void begin_character(std::uint8_t byte, std::string& utf8);

    Encoding encoding_ = Encoding::utf8;
    int missing_ = 0;             // bytes of the character that has begun
    char32_t character_ = 0;      // what is known of it
    std::uint8_t lowest_ = 0x80;  // that its next byte may be
    std::uint8_t highest_ = 0xBF; // the same
};

/// What a machine is sent for a character. '?' if the encoding has none.
/// Requires: a character that UTF-8 has.
std::string encoded(char32_t character, Encoding encoding);

} // namespace qio::terminal
