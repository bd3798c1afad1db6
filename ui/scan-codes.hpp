// internal: from the codes of evdev, which XKB uses, to those of a PC keyboard.
#pragma once

#include <cstdint>

namespace qio::ui {

/// The XT set 1 scan code of a key, where bit 7 stands for the prefix 0xE0; 0 if it has
/// none.
std::uint32_t xt_from_evdev(std::uint32_t evdev_code);

} // namespace qio::ui
