// The cells of a terminal, kept by libvterm.
#include "ui/terminal/screen.hpp"

#include <algorithm>

#include <glib.h>

namespace qio::terminal {

namespace {

constexpr std::uint32_t white = 0xFFFFFF;
constexpr std::uint8_t light_grey = 0xC0;      // what is bold can be brighter
constexpr auto right_half = std::uint32_t(-1); // libvterm's character there

// As everywhere with GLib, there is memory, or no program any longer.
VTermAllocatorFunctions allocator = {
    .malloc = [](std::size_t size, void*) noexcept -> void* { return g_malloc0(size); },
    .free = [](void* memory, void*) noexcept { g_free(memory); },
};

} // namespace

const VTermScreenCallbacks Screen::callbacks = {
    .damage = [](VTermRect rect, void* user) noexcept -> int {
        auto& screen = *static_cast<Screen*>(user);
        screen.damage_ = ui::unite(screen.damage_, {rect.start_col, rect.start_row,
                                                    rect.end_col - rect.start_col,
                                                    rect.end_row - rect.start_row});
        return 1;
    },
    .moverect = nullptr,
    .movecursor = [](VTermPos place, VTermPos, int, void* user) noexcept -> int {
        auto& cursor = static_cast<Screen*>(user)->cursor_;
        cursor.column = std::clamp(place.col, 0, columns - 1);
        cursor.row = std::clamp(place.row, 0, rows - 1);
        return 1;
    },
    .settermprop = [](VTermProp property, VTermValue* value, void* user) noexcept -> int {
        if (property == VTERM_PROP_CURSORVISIBLE)
            static_cast<Screen*>(user)->cursor_.is_visible = value->boolean != 0;
        return 1;
    },
    .bell = [](void* user) noexcept -> int {
        static_cast<Screen*>(user)->bell_ = true;
        return 1;
    },
    .resize = nullptr,
    .sb_pushline = nullptr,
    .sb_popline = nullptr,
};

Screen::Screen()
    : vterm_(vterm_new_with_allocator(rows, columns, &allocator, nullptr)),
      screen_(vterm_obtain_screen(vterm_.get())) {
    vterm_set_utf8(vterm_.get(), 1);
    vterm_output_set_callback(
        vterm_.get(),
        [](const char* bytes, std::size_t count, void* user) noexcept {
            static_cast<Screen*>(user)->add_output({bytes, count});
        },
        this);
    auto* const state = vterm_obtain_state(vterm_.get());
    VTermColor foreground, background;
    vterm_color_rgb(&foreground, light_grey, light_grey, light_grey);
    vterm_color_rgb(&background, 0, 0, 0);
    vterm_state_set_default_colors(state, &foreground, &background);
    vterm_state_set_bold_highbright(state, 1);
    vterm_screen_set_callbacks(screen_, &callbacks, this);
    vterm_screen_set_damage_merge(screen_, VTERM_DAMAGE_SCREEN);
    vterm_screen_enable_altscreen(screen_, 1);
    vterm_screen_reset(screen_, 1);
}

void Screen::write(std::string_view text) {
    vterm_input_write(vterm_.get(), text.data(), text.size());
}

void Screen::press(VTermKey key, VTermModifier modifiers) {
    vterm_keyboard_key(vterm_.get(), key, modifiers);
}

/// All of an answer or nothing: half of one would be typed text for the machine.
void Screen::add_output(std::string_view bytes) {
    if (output_.size() + bytes.size() <= max_output_bytes)
        output_ += bytes;
}

ui::Rect Screen::take_damage() {
    vterm_screen_flush_damage(screen_);
    return ui::intersect(std::exchange(damage_, {}), {0, 0, columns, rows});
}

std::uint32_t Screen::rgb_of(VTermColor colour) const {
    vterm_screen_convert_color_to_rgb(screen_, &colour);
    return std::uint32_t(colour.rgb.red) << 16 | std::uint32_t(colour.rgb.green) << 8 |
           colour.rgb.blue;
}

Cell Screen::cell(int column, int row) const {
    VTermScreenCell held{};
    vterm_screen_get_cell(screen_, {.row = row, .col = column}, &held);
    const bool is_bright = held.attrs.bold && VTERM_COLOR_IS_DEFAULT_FG(&held.fg);
    Cell cell{
        .is_underlined = held.attrs.underline != VTERM_UNDERLINE_OFF,
        .foreground = is_bright ? white : rgb_of(held.fg),
        .background = rgb_of(held.bg),
    };
    if (held.attrs.reverse)
        std::swap(cell.foreground, cell.background);
    if (held.chars[0] == right_half)
        cell.part = CellPart::right;
    else if (held.width == 2)
        cell.part = CellPart::left;
    else if (held.chars[0] != 0)
        cell.character = held.chars[0];
    return cell;
}

} // namespace qio::terminal
