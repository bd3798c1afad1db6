// internal: how the characters of a terminal are written as bytes.
#pragma once

#include <cstdint>

namespace qio::terminal {

enum class Encoding : std::uint8_t {
    utf8,
    cp437, ///< what PC firmware and boot loaders write: one byte is one character
};

} // namespace qio::terminal
