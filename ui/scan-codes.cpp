// From the codes of evdev to those of a PC keyboard.
#include "ui/scan-codes.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace qio::ui {

namespace {

// Up to F12 the codes of both are the same, but for three that no PC keyboard sends.
constexpr std::uint32_t last_equal = 88;

struct Pair {
    std::uint32_t evdev, xt;
};

constexpr std::array pairs = {
    Pair{89, 0x73},  // RO
    Pair{90, 0x78},  // Katakana
    Pair{91, 0x77},  // Hiragana
    Pair{92, 0x79},  // Henkan
    Pair{93, 0x70},  // Katakana/Hiragana
    Pair{94, 0x7B},  // Muhenkan
    Pair{95, 0x5C},  // keypad comma of Japan
    Pair{96, 0x9C},  // keypad Enter
    Pair{97, 0x9D},  // right Ctrl
    Pair{98, 0xB5},  // keypad slash
    Pair{99, 0x54},  // SysRq
    Pair{100, 0xB8}, // right Alt
    Pair{102, 0xC7}, // Home
    Pair{103, 0xC8}, // Up
    Pair{104, 0xC9}, // Page Up
    Pair{105, 0xCB}, // Left
    Pair{106, 0xCD}, // Right
    Pair{107, 0xCF}, // End
    Pair{108, 0xD0}, // Down
    Pair{109, 0xD1}, // Page Down
    Pair{110, 0xD2}, // Insert
    Pair{111, 0xD3}, // Delete
    Pair{113, 0xA0}, // mute
    Pair{114, 0xAE}, // volume down
    Pair{115, 0xB0}, // volume up
    Pair{116, 0xDE}, // power
    Pair{117, 0x59}, // keypad equals
    Pair{119, 0xC6}, // Pause
    Pair{121, 0x7E}, // keypad comma
    Pair{122, 0x72}, // Hangul
    Pair{123, 0x71}, // Hanja
    Pair{124, 0x7D}, // Yen
    Pair{125, 0xDB}, // left Meta
    Pair{126, 0xDC}, // right Meta
    Pair{127, 0xDD}, // menu
};
static_assert(std::ranges::is_sorted(pairs, {}, &Pair::evdev));

} // namespace

std::uint32_t xt_from_evdev(std::uint32_t evdev_code) {
    if (evdev_code <= last_equal)
        return evdev_code == 84 || evdev_code == 85 ? 0 : evdev_code;
    const auto found = std::ranges::lower_bound(pairs, evdev_code, {}, &Pair::evdev);
    return found != pairs.end() && found->evdev == evdev_code ? found->xt : 0;
}

} // namespace qio::ui
