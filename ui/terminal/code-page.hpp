// internal: the characters of code page 437.
#pragma once

#include <cstdint>
#include <optional>

namespace qio::terminal {

/// The character of a byte. Control characters are themselves, not the pictures that a
/// PC's screen memory shows for them.
char32_t character_of_cp437(std::uint8_t byte);

/// The byte of a character; empty if the code page has none.
std::optional<std::uint8_t> cp437_of_character(char32_t character);

} // namespace qio::terminal
