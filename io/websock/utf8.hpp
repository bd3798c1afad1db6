// internal: UTF-8 that arrives in pieces (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>

#include "io/base/bytes.hpp"

namespace qio::ws {

/// Checks UTF-8 piece by piece, and notices a wrong byte as soon as it is there:
/// overlong forms, surrogates and what is beyond U+10FFFF included.
class Utf8Validator {
public:
    /// Takes the next piece; false, from then on, once a byte is wrong.
    bool feed(ByteView piece);

    /// Whether all bytes so far are whole characters.
    bool is_complete() const { return valid_ && missing_ == 0; }

    /// Starts over, for the next message.
    void reset() { *this = Utf8Validator(); }

private:
    bool start_character(std::uint8_t lead);

    bool valid_ = true;
    std::uint8_t missing_ = 0; ///< continuation bytes the character still needs
    std::uint8_t low_ = 0x80;  ///< the range of the next one
    std::uint8_t high_ = 0xBF;
};

/// Whether `text` is whole and valid.
inline bool is_utf8(ByteView text) {
    Utf8Validator validator;
    return validator.feed(text) && validator.is_complete();
}

/// How many bytes at the front of `text` are whole, valid characters.
std::size_t valid_utf8_length(ByteView text);

} // namespace qio::ws
