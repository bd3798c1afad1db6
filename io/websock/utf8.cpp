// UTF-8 that arrives in pieces (RFC 3629 §4).
#include "io/websock/utf8.hpp"

namespace qio::ws {

namespace {

/// How many bytes at the front of `text` are ASCII, looked at eight at a time.
std::size_t ascii_words(ByteView text) {
    std::size_t length = 0;
    while (text.size() - length >= 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + length, sizeof word);
        if (word & 0x8080808080808080u)
            break;
        length += 8;
    }
    return length;
}

} // namespace

/// The range of the second byte is what shuts out overlong forms (E0, F0), surrogates
/// (ED) and numbers that are too large (F4).
bool Utf8Validator::start_character(std::uint8_t lead) {
    low_ = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    high_ = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead < 0x80)
        missing_ = 0;
    else if (lead >= 0xC2 && lead <= 0xDF)
        missing_ = 1;
    else if (lead >= 0xE0 && lead <= 0xEF)
        missing_ = 2;
    else if (lead >= 0xF0 && lead <= 0xF4)
        missing_ = 3;
    else
        return false;
    return true;
}

bool Utf8Validator::feed(ByteView piece) {
    while (valid_ && !piece.empty()) {
        if (missing_ == 0)
            piece = piece.subspan(ascii_words(piece));
        if (piece.empty())
            break;
        auto byte = std::to_integer<std::uint8_t>(piece.front());
        piece = piece.subspan(1);
        if (missing_ == 0) {
            valid_ = start_character(byte);
        } else {
            valid_ = byte >= low_ && byte <= high_;
            --missing_;
            low_ = 0x80;
            high_ = 0xBF;
        }
    }
    return valid_;
}

std::size_t valid_utf8_length(ByteView text) {
    Utf8Validator validator;
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size() && validator.feed(text.subspan(i, 1)); ++i)
        if (validator.is_complete())
            length = i + 1;
    return length;
}

} // namespace qio::ws
