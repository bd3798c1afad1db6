// internal: which dead key and which letter make a character.
#pragma once

#include <cstdint>
#include <optional>

namespace qio::ui {

/// A character as two key strokes.
struct DeadKey {
    std::uint32_t dead_keysym = 0;
    char32_t base = 0;

    bool operator==(const DeadKey&) const = default;
};

/// Empty if it is made in no such way.
std::optional<DeadKey> dead_key_for(char32_t character);

} // namespace qio::ui
