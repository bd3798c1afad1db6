// Which dead key and which letter make a character.
#include "ui/dead-keys.hpp"

#include <algorithm>
#include <array>

#include <glib.h>

namespace qio::ui {

namespace {

struct Accent {
    char32_t combining; ///< as Unicode takes letters apart
    char32_t alone;     ///< what the dead key and a space make; 0 = not known
    std::uint32_t dead_keysym;
};

constexpr std::array accents = {
    Accent{0x0300, U'`', 0xFE50},      Accent{0x0301, U'\u00B4', 0xFE51},
    Accent{0x0302, U'^', 0xFE52},      Accent{0x0303, U'~', 0xFE53},
    Accent{0x0304, U'\u00AF', 0xFE54}, Accent{0x0306, U'\u02D8', 0xFE55},
    Accent{0x0307, U'\u02D9', 0xFE56}, Accent{0x0308, U'\u00A8', 0xFE57},
    Accent{0x030A, U'\u02DA', 0xFE58}, Accent{0x030B, U'\u02DD', 0xFE59},
    Accent{0x030C, U'\u02C7', 0xFE5A}, Accent{0x0327, U'\u00B8', 0xFE5B},
    Accent{0x0328, U'\u02DB', 0xFE5C},
};

} // namespace

std::optional<DeadKey> dead_key_for(char32_t character) {
    const auto alone = std::ranges::find(accents, character, &Accent::alone);
    if (alone != accents.end())
        return DeadKey{alone->dead_keysym, U' '};
    // On layouts with dead quotes only.
    if (character == U'\'')
        return DeadKey{0xFE51, U' '};
    if (character == U'"')
        return DeadKey{0xFE57, U' '};
    gunichar base = 0, combining = 0;
    if (!g_unichar_decompose(character, &base, &combining))
        return std::nullopt;
    const auto accent =
        std::ranges::find(accents, char32_t(combining), &Accent::combining);
    if (accent == accents.end())
        return std::nullopt;
    return DeadKey{accent->dead_keysym, base};
}

} // namespace qio::ui
