// internal: the cells of a terminal, kept by libvterm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <vterm.h>

#include "io/base/handle.hpp"
#include "ui/rect.hpp"

namespace qio::terminal {

/// Where in a character that is as wide as two cells a cell is.
enum class CellPart : std::uint8_t { whole, left, right };

/// What one cell shows. Colours are words 0x00RRGGBB.
struct Cell {
    char32_t character = ' ';
    CellPart part = CellPart::whole;
    bool is_underlined = false;
    std::uint32_t foreground = 0;
    std::uint32_t background = 0;

    bool operator==(const Cell&) const = default;
};

struct TextCursor {
    int column = 0;
    int row = 0;
    bool is_visible = true;
};

/// Holds what text and control sequences have made of the cells. Lines that leave at the
/// top are gone.
///
/// Limits: never more output than max_output_bytes; what does not fit is lost.
class Screen {
public:
    static constexpr int columns = 80;
    static constexpr int rows = 24;
    static constexpr std::size_t max_output_bytes = 4096;

    Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// Requires: what SequenceGuard lets through.
    void write(std::string_view text);
    /// Makes output of a key.
    void press(VTermKey key, VTermModifier modifiers);
    /// Makes output if programs want to know where pasted text begins and ends.
    void begin_paste() { vterm_keyboard_start_paste(vterm_.get()); }
    void end_paste() { vterm_keyboard_end_paste(vterm_.get()); }

    /// For the machine: keys, and answers to what it asked.
    std::string take_output() { return std::exchange(output_, {}); }
    /// The cells that may have changed.
    ui::Rect take_damage();
    /// Whether the bell rang.
    bool take_bell() { return std::exchange(bell_, false); }

    /// Requires: a place on the screen.
    Cell cell(int column, int row) const;
    const TextCursor& cursor() const { return cursor_; }

private:
    static const VTermScreenCallbacks callbacks;

    void add_output(std::string_view bytes);
    std::uint32_t rgb_of(VTermColor colour) const;

    const Handle<VTerm, &vterm_free> vterm_;
    VTermScreen* const screen_; // the terminal's own
    std::string output_;
    ui::Rect damage_;
    TextCursor cursor_;
    bool bell_ = false;
};

} // namespace qio::terminal
