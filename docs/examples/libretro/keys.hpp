// What a viewer's keys mean to a libretro core.
#pragma once

#include <cstdint>
#include <optional>

#include <libretro-common/libretro.h>

/// The button of the joypad (RETRO_DEVICE_ID_JOYPAD_...) that an X11 keysym presses: the
/// arrows; z, x, a and s for B, A, Y and X; q and w for the shoulders; Enter for Start
/// and Shift for Select.
std::optional<unsigned> joypad_button(std::uint32_t keysym);

/// The key of the keyboard; RETROK_UNKNOWN if there is no such.
retro_key key_of(std::uint32_t keysym);

/// The bit of RETROKMOD_... that the keysym holds; 0 if it is no such key.
std::uint16_t modifier_of(std::uint32_t keysym);

/// The Unicode character that the keysym writes; 0 if it is none.
std::uint32_t character_of(std::uint32_t keysym);
