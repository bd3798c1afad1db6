// What an emulator drives: a surface, what changed in it, a cursor, a name.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/cursor.hpp"
#include "ui/input.hpp"
#include "ui/rect.hpp"
#include "ui/region.hpp"
#include "ui/surface.hpp"

namespace qio::ui {

/// The longest name of a display, in bytes: it goes to every client in one piece.
inline constexpr std::size_t max_display_name_bytes = 1024;

/// Everything a listener has to know, the flags telling what is new since it last asked.
struct DisplayChanges {
    bool surface_changed = false;
    std::shared_ptr<const Surface> surface; ///< the current one, never null
    Region damage;                          ///< in `surface`; all of it if that is new
    bool cursor_changed = false;
    std::shared_ptr<const Cursor> cursor; ///< null if the emulator defined none
    bool name_changed = false;
    std::string name;
    bool bell = false; ///< it rang, once or more often
};

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

/// A screen. The emulator calls the first half, servers the second.
///
/// Context: any thread, every method.
class QIO_API Display {
public:
    Display();
    Display(const Display&) = delete;
    Display& operator=(const Display&) = delete;

    /// Shows another surface from now on; all of it counts as damaged. Null: the
    /// placeholder of 640 × 480 black pixels, which is also there at the beginning.
    void set_surface(std::shared_ptr<const Surface> surface);
    /// Pixels were drawn. What lies outside the surface is ignored.
    void damage(const Rect& rect);
    /// The pointer's picture; empty: viewers draw one of their own.
    void set_cursor(std::optional<Cursor> cursor);
    /// Errors, the name stays as it was: limit (length), invalid_argument (not UTF-8).
    Result<void> set_name(std::string name);
    void bell();
    /// Who gets the viewers' input; null: nobody.
    /// Lifetime: `sink` is used by the server's main context only, so take it away there,
    /// or let it live until the server is gone.
    void set_input(InputSink* sink);

    InputSink* input() const;
    /// From now on the listener has changes to take: first of all, everything. It is
    /// called before this returns.
    /// Lifetime: `listener` is borrowed until remove_listener().
    void add_listener(DisplayListener& listener);
    /// When this returns, no call of the listener is running or will come.
    void remove_listener(DisplayListener& listener);
    /// What is new since the listener's last call of this; intermediate states are lost.
    /// Requires: `listener` was added.
    DisplayChanges take_changes(DisplayListener& listener);

private:
    struct Entry {
        DisplayListener* listener;
        bool notified = false;
        DisplayChanges changes; // only the flags and the damage
    };

    template <class Change>
    void change_all(Change change);
    void notify(Entry& entry);

    const std::shared_ptr<const Surface> placeholder_;
    mutable std::mutex mutex_; // guards all below, and is held while listeners are called
    std::shared_ptr<const Surface> surface_;
    std::shared_ptr<const Cursor> cursor_;
    std::string name_;
    InputSink* input_ = nullptr;
    std::vector<Entry> entries_;
};

} // namespace qio::ui
