// Which keys of a keyboard give a character: keysyms and text as key strokes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/input.hpp"

namespace qio::ui {

/// A key, and what has to be held for it to mean what it is to mean.
struct KeyStroke {
    std::uint32_t keysym = 0;
    std::uint32_t xt_keycode = 0; ///< as in KeyEvent
    bool shift = false;
    bool alt_gr = false;
    bool num_lock = false;

    bool operator==(const KeyStroke&) const = default;
};

/// A text as keys that were pressed and released.
struct TypedText {
    std::vector<KeyEvent> events;
    std::size_t skipped = 0; ///< characters that the keyboard does not have
};

/// A keyboard layout, as the system's XKB data describes it. Immutable.
///
/// Context: any thread.
class QIO_API Keymap {
public:
    /// `layout` is a name as emulators use it ("en-us", "de-ch", "pt-br"), or an XKB
    /// layout with or without a variant ("us", "us(intl)").
    /// Errors: not_found (layout), not_supported (this build has no XKB).
    static Result<std::shared_ptr<const Keymap>> create(std::string_view layout);

    virtual ~Keymap() = default;

    /// How to type an X11 keysym; of several ways the one with the fewest keys held.
    /// Keysyms of Unicode (0x01xxxxxx) count as the older ones that mean the same.
    virtual std::optional<KeyStroke> find(std::uint32_t keysym) const = 0;

    /// All keys that type a text, one after the other, with dead keys where the layout
    /// has no key of its own. Line ends are Return. How fast they are passed on is the
    /// caller's business.
    virtual TypedText type(std::string_view utf8) const = 0;
};

} // namespace qio::ui
