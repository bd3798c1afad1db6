// What an emulator drives: a surface, what changed in it, a cursor, sound and so on.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "ui/audio.hpp"
#include "ui/clipboard.hpp"
#include "ui/cursor.hpp"
#include "ui/display-changes.hpp"
#include "ui/input.hpp"
#include "ui/rect.hpp"
#include "ui/region.hpp"
#include "ui/surface.hpp"

namespace qio::ui {

/// The longest name of a display, in bytes: it goes to every client in one piece.
inline constexpr std::size_t max_display_name_bytes = 1024;

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
    /// It is one screen, unless it is as large as the one before: then screens stay.
    void set_surface(std::shared_ptr<const Surface> surface);
    /// The same with several screens. Errors, nothing changes: those of check().
    Result<void> set_surface(std::shared_ptr<const Surface> surface,
                             std::vector<Screen> screens);
    /// Other screens in the same picture. Errors, nothing changes: those of check().
    Result<void> set_screens(std::vector<Screen> screens);
    /// Pixels were drawn. What lies outside the surface is ignored.
    void damage(const Rect& rect);
    /// Pixels were drawn that are those of `source` as it was; both may overlap. All of
    /// it counts as damaged, so that nothing is wrong where it is not so; viewers that
    /// can copy may be sent a few bytes.
    void copy(const Rect& source, Point destination);
    /// The pointer's picture; empty: viewers draw one of their own.
    void set_cursor(std::optional<Cursor> cursor);
    /// Errors, the name stays as it was: limit (length), invalid_argument (not UTF-8).
    Result<void> set_name(std::string name);
    void bell();
    /// The machine has another kind of pointing device now.
    void set_pointer_mode(PointerMode mode);
    /// Whether the pointer is to be seen, if it has a picture.
    void set_pointer_visible(bool visible);
    /// The machine put the pointer there, in pixels of the surface.
    void move_pointer(Point position);
    /// The lights on the machine's keyboard.
    void set_leds(const LockLeds& leds);
    /// The machine has copied a text, or answers InputSink::clipboard_wanted(). Empty:
    /// there is none any longer.
    /// Errors, nothing changes: limit (length), invalid_argument (not UTF-8).
    Result<void> set_clipboard(std::string utf8);
    /// The machine has copied a text, which costs something to get: set_clipboard() is to
    /// follow when it is wanted.
    void announce_clipboard();
    /// Sound, in frames that are to be heard right after the ones before. What nobody
    /// wants to hear costs next to nothing.
    /// Errors: invalid_argument (format).
    Result<void> play_audio(const AudioFormat& format,
                            std::span<const std::int16_t> samples);
    Result<void> play_audio(const AudioFormat& format, std::span<const float> samples);
    /// No sound for the time being.
    void stop_audio();
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
    /// Whether the listener gets the sound itself, and not only whether there is any.
    /// Requires: it was added.
    void want_audio(DisplayListener& listener, bool wanted);
    /// Whether any listener does.
    bool audio_wanted() const;
    /// What is new since the listener's last call of this; intermediate states are lost.
    /// Requires: `listener` was added.
    DisplayChanges take_changes(DisplayListener& listener);

private:
    struct Entry {
        DisplayListener* listener = nullptr;
        bool notified = false;
        DisplayChanges changes; // only the flags and what is lost once it is taken
        bool wants_audio = false;
        AudioQueue audio;
    };

    template <class Change>
    void change_all(Change change);
    void notify(Entry& entry);
    void damage_locked(const Rect& rect);
    void show(std::shared_ptr<const Surface>& surface);
    Entry& entry_of(const DisplayListener& listener);
    void set_audio_playing(bool playing);
    template <class Sample>
    Result<void> play(const AudioFormat& format, std::span<const Sample> samples);

    const std::shared_ptr<const Surface> placeholder_;
    mutable std::mutex mutex_; // guards all below, and is held while listeners are called
    std::shared_ptr<const Surface> surface_;
    std::vector<Screen> screens_; // empty: one
    std::shared_ptr<const Cursor> cursor_;
    std::string name_;
    PointerMode pointer_mode_ = PointerMode::absolute;
    bool pointer_visible_ = true;
    std::optional<Point> pointer_;
    std::optional<LockLeds> leds_;
    Clipboard clipboard_;
    bool audio_playing_ = false;
    InputSink* input_ = nullptr;
    std::vector<Entry> entries_;
};

} // namespace qio::ui
