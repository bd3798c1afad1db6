// What a display tells its listeners.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/audio.hpp"
#include "ui/clipboard.hpp"
#include "ui/copy.hpp"
#include "ui/cursor.hpp"
#include "ui/input.hpp"
#include "ui/region.hpp"
#include "ui/screens.hpp"
#include "ui/surface.hpp"

namespace qio::ui {

/// How the machine's pointing device works.
enum class PointerMode : std::uint8_t {
    absolute, ///< it is told where the pointer is: InputSink::pointer()
    relative, ///< it is told how far it moved: InputSink::pointer_motion()
};

/// Everything a listener has to know, the flags telling what is new since it last asked.
struct DisplayChanges {
    bool surface_changed = false;
    std::shared_ptr<const Surface> surface; ///< the current one, never null
    Region damage;                          ///< in `surface`; all of it if that is new
    std::vector<Copy> copies{};    ///< where some of the damage came from; may be wrong
    std::vector<Screen> screens{}; ///< of `surface`; none: it is one screen
    bool cursor_changed = false;
    std::shared_ptr<const Cursor> cursor; ///< null if the emulator defined none
    bool name_changed = false;
    std::string name;
    bool bell = false;            ///< it rang, once or more often
    bool pointer_changed = false; ///< any of the next two
    PointerMode pointer_mode = PointerMode::absolute;
    bool pointer_visible = true;
    std::optional<Point> pointer_moved{}; ///< the emulator put the pointer there
    bool leds_changed = false;
    std::optional<LockLeds> leds{}; ///< empty if the emulator does not tell
    bool clipboard_changed = false;
    Clipboard clipboard{};
    bool audio_changed = false; ///< it began, or ended
    bool audio_playing = false;
    AudioChunk audio{}; ///< for listeners that want it: what was played
};

/// The size of the surface, and its screens.
inline ScreenLayout layout_of(const DisplayChanges& changes) {
    const auto& surface = *changes.surface;
    if (changes.screens.empty())
        return ScreenLayout::one(surface.width(), surface.height());
    return {surface.width(), surface.height(), changes.screens};
}

/// Told that changes wait to be taken. Implemented by servers.
class DisplayListener {
public:
    /// Called once when something changed, and then not again before take_changes().
    /// Context: any thread, and inside a call of the display: it must be quick and must
    /// not call the display. It is meant for waking the thread that takes the changes.
    virtual void display_changed() noexcept = 0;

protected:
    ~DisplayListener() = default;
};

} // namespace qio::ui
