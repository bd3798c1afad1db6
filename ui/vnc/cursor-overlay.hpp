// internal: the pointer drawn into the pixels, for clients that cannot draw it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "ui/cursor.hpp"
#include "ui/display-changes.hpp"
#include "ui/region.hpp"

namespace qio::vnc {

/// Where the pointer is, and how it looks. The areas that functions give are where the
/// picture is another one now; they may reach out of the framebuffer.
class CursorOverlay {
public:
    /// Null: none. It stays at its place.
    ui::Region set_cursor(std::shared_ptr<const ui::Cursor> cursor);
    ui::Region set_visible(bool visible);
    /// The hot spot is there now.
    ui::Region move(ui::Point position);

    /// What it covers; empty while there is nothing to be seen.
    ui::Rect area() const;
    /// Draws over pixels, native words 0x00RRGGBB, which are those from (x, y) to the
    /// right. The words' top bytes become zero where it draws.
    void draw(int x, int y, std::span<std::uint32_t> pixels) const;

private:
    template <class Change>
    ui::Region changed_by(Change change);

    std::shared_ptr<const ui::Cursor> cursor_;
    ui::Point position_;
    bool visible_ = true;
};

} // namespace qio::vnc
