// Keyboard layouts by libxkbcommon.
#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>

#include "io/base/handle.hpp"
#include "ui/dead-keys.hpp"
#include "ui/keymap.hpp"
#include "ui/layout-names.hpp"
#include "ui/scan-codes.hpp"
#include "ui/text.hpp"

namespace qio::ui {

namespace {

// XKB's key codes are evdev's plus this.
constexpr xkb_keycode_t first_keycode = 8;

constexpr KeyEvent left_shift{
    .keysym = XKB_KEY_Shift_L, .xt_keycode = 0x2A, .down = true};
constexpr KeyEvent alt_gr{
    .keysym = XKB_KEY_ISO_Level3_Shift, .xt_keycode = 0xB8, .down = true};

using ContextHandle = Handle<xkb_context, &xkb_context_unref>;
using KeymapHandle = Handle<xkb_keymap, &xkb_keymap_unref>;

/// Which bits of XKB's modifier masks are which.
struct Modifiers {
    explicit Modifiers(xkb_keymap* keymap)
        : shift(bit(keymap, XKB_MOD_NAME_SHIFT)), alt_gr(bit(keymap, "Mod5")),
          num_lock(bit(keymap, XKB_MOD_NAME_NUM)) {}

    static xkb_mod_mask_t bit(xkb_keymap* keymap, const char* name) {
        const auto index = xkb_keymap_mod_get_index(keymap, name);
        return index == XKB_MOD_INVALID ? 0 : xkb_mod_mask_t(1) << index;
    }

    const xkb_mod_mask_t shift, alt_gr, num_lock;
};

/// Fewer keys are better, and of two ways with one, Shift is.
int effort(const KeyStroke& stroke) {
    return 4 * stroke.shift + 5 * stroke.alt_gr + 6 * stroke.num_lock;
}

/// Keysyms that mean the same as one; keys are found by the smallest form.
std::uint32_t plain_keysym(std::uint32_t keysym) {
    if (keysym == XKB_KEY_ISO_Left_Tab)
        return XKB_KEY_Tab;
    constexpr std::uint32_t unicode = 0x01000000;
    if (keysym < unicode || keysym > unicode + 0x10FFFF)
        return keysym;
    const auto older = xkb_utf32_to_keysym(keysym - unicode);
    return older == XKB_KEY_NoSymbol ? keysym : older;
}

class XkbKeymap final : public Keymap {
public:
    explicit XkbKeymap(xkb_keymap* keymap) {
        const Modifiers modifiers(keymap);
        const auto last = xkb_keymap_max_keycode(keymap);
        for (auto key = xkb_keymap_min_keycode(keymap); key <= last; ++key)
            add_key(keymap, key, modifiers);
    }

    std::optional<KeyStroke> find(std::uint32_t keysym) const override {
        const auto found = strokes_.find(plain_keysym(keysym));
        if (found == strokes_.end())
            return std::nullopt;
        auto stroke = found->second;
        // The key is Tab's; what makes it another one is Shift.
        stroke.shift = stroke.shift || keysym == XKB_KEY_ISO_Left_Tab;
        return stroke;
    }

    TypedText type(std::string_view utf8) const override {
        TypedText typed;
        for (const char32_t character : utf32_from_utf8(with_lf(utf8)))
            if (!type(character, typed.events))
                ++typed.skipped;
        return typed;
    }

private:
    void add_key(xkb_keymap* keymap, xkb_keycode_t key, const Modifiers& modifiers) {
        const auto code = key < first_keycode ? 0 : xt_from_evdev(key - first_keycode);
        if (code == 0)
            return;
        const auto levels = xkb_keymap_num_levels_for_key(keymap, key, 0);
        for (xkb_level_index_t level = 0; level < levels; ++level) {
            const xkb_keysym_t* keysyms = nullptr;
            if (xkb_keymap_key_get_syms_by_level(keymap, key, 0, level, &keysyms) == 1)
                add_level(keymap, key, level, {.keysym = keysyms[0], .xt_keycode = code},
                          modifiers);
        }
    }

    void add_level(xkb_keymap* keymap, xkb_keycode_t key, xkb_level_index_t level,
                   KeyStroke stroke, const Modifiers& modifiers) {
        xkb_mod_mask_t masks[16];
        const auto count = xkb_keymap_key_get_mods_for_level(keymap, key, 0, level, masks,
                                                             std::size(masks));
        const auto known = modifiers.shift | modifiers.alt_gr | modifiers.num_lock;
        for (const auto mask : std::span(masks).first(count)) {
            if ((mask & ~known) != 0)
                continue; // Caps Lock, or a modifier without a key of its own
            stroke.shift = (mask & modifiers.shift) != 0;
            stroke.alt_gr = (mask & modifiers.alt_gr) != 0;
            stroke.num_lock = (mask & modifiers.num_lock) != 0;
            const auto [at, is_new] =
                strokes_.try_emplace(plain_keysym(stroke.keysym), stroke);
            if (!is_new && effort(stroke) < effort(at->second))
                at->second = stroke;
        }
    }

    static std::uint32_t keysym_of(char32_t character) {
        if (character == U'\n')
            return XKB_KEY_Return;
        return xkb_utf32_to_keysym(character);
    }

    bool type(char32_t character, std::vector<KeyEvent>& events) const {
        if (const auto stroke = find(keysym_of(character)); stroke && !stroke->num_lock) {
            press(*stroke, events);
            return true;
        }
        const auto composed = dead_key_for(character);
        if (!composed)
            return false;
        const auto dead = find(composed->dead_keysym);
        const auto base = find(keysym_of(composed->base));
        if (!dead || !base)
            return false;
        press(*dead, events);
        press(*base, events);
        return true;
    }

    static void press(const KeyStroke& stroke, std::vector<KeyEvent>& events) {
        KeyEvent key{stroke.keysym, stroke.xt_keycode, true};
        KeyEvent held[2];
        std::size_t count = 0;
        if (stroke.shift)
            held[count++] = left_shift;
        if (stroke.alt_gr)
            held[count++] = alt_gr;
        events.insert(events.end(), held, held + count);
        events.push_back(key);
        key.down = false;
        events.push_back(key);
        while (count > 0) {
            held[--count].down = false;
            events.push_back(held[count]);
        }
    }

    std::unordered_map<std::uint32_t, KeyStroke> strokes_;
};

} // namespace

Result<std::shared_ptr<const Keymap>> Keymap::create(std::string_view layout) {
    const auto name = layout_name(layout);
    const Error unknown{ErrorKind::not_found, 0,
                        "keyboard layout '" + std::string(layout) + "'"};
    // An empty name would mean the system's layout, whatever that is.
    if (name.layout.empty())
        return unknown;
    // The library would print what it does not know.
    const ContextHandle context(xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES));
    if (!context)
        return Error{ErrorKind::exhausted, 0, "no memory for a keyboard layout"};
    xkb_context_set_log_level(context.get(), XKB_LOG_LEVEL_CRITICAL);
    const xkb_rule_names names{.rules = "evdev",
                               .model = "pc105",
                               .layout = name.layout.c_str(),
                               .variant = name.variant.c_str(),
                               .options = nullptr};
    const KeymapHandle keymap(
        xkb_keymap_new_from_names(context.get(), &names, XKB_KEYMAP_COMPILE_NO_FLAGS));
    if (!keymap)
        return unknown;
    return std::make_shared<const XkbKeymap>(keymap.get());
}

} // namespace qio::ui
