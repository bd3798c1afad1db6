// What the demo shows, and which pixels of it have changed (internal to vnc-demo).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ui/input.hpp"
#include "ui/region.hpp"
#include "ui/surface.hpp"
#include "ui/tools/demo/ball.hpp"
#include "ui/tools/demo/label.hpp"
#include "ui/tools/demo/layout.hpp"
#include "ui/tools/demo/ring.hpp"
#include "ui/tools/demo/trail.hpp"
#include "ui/tools/demo/typed-text.hpp"

namespace qio::demo {

/// The time, as the picture shows it.
struct Moment {
    double seconds = 0; ///< since any fixed moment; moves what moves
    int second = 0;     ///< of the minute
    std::string clock;  ///< "14:03:27"
    std::string date;
};

/// The eight bars on top, from left to right.
inline constexpr std::array<Colour, 8> bar_colours{
    0xC0C0C0, 0xC0C000, 0x00C0C0, 0x00C000, 0xC000C0, 0xC00000, 0x0000C0, 0x000000};

/// What the squares show before the first key and click.
inline constexpr Colour square_colour = 0x303030;
Colour key_colour(std::uint32_t keysym);
Colour click_colour(const ui::PointerEvent& event);

/// The picture's state. Events change it; draw() brings a surface up to date.
///
/// Over the bars and the squares nothing is ever drawn, not even for a moment.
class Picture {
public:
    /// Requires here and below: a size that make_layout() takes.
    Picture(int width, int height);

    /// Another size; keys, clicks and times stay as they are.
    void resize(int width, int height);
    void press_key(std::uint32_t keysym);
    void move_pointer(const ui::PointerEvent& event);
    void advance(const Moment& moment);

    /// Draws what changed since the last call, and returns it. After resize() that is
    /// everything. Requires: a surface of the picture's size and format x8r8g8b8.
    ui::Region draw(ui::Surface& surface);

private:
    void set_text(LabelId id, std::string_view text);
    void draw_bars(Painter& painter) const;
    void draw_fixed(ui::Surface& surface, const ui::Region& damage) const;
    void draw_scene(Painter& painter) const;

    Layout layout_;
    ui::Region dirty_;
    std::array<Label, label_count> labels_;
    Ball ball_;
    Ring ring_;
    Trail trail_;
    TypedText typed_;
    double now_ = 0;
    std::uint16_t buttons_ = 0;
    Colour key_ = square_colour;
    Colour click_ = square_colour;
};

} // namespace qio::demo
