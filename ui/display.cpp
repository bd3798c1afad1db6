// What an emulator drives: a surface, what changed in it, a cursor, sound and so on.
#include "ui/display.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "ui/text.hpp"

namespace qio::ui {

namespace {

constexpr int placeholder_width = 640;
constexpr int placeholder_height = 480;

// Adding a rectangle costs time in proportion to those there are, so damage of many small
// pieces is merged now and then: an emulator's drawing stays cheap, whatever it draws.
constexpr std::size_t max_damage_rects = 256;
constexpr std::size_t merged_damage_rects = 64;

} // namespace

Display::Display()
    : placeholder_(Surface::create(placeholder_width, placeholder_height).value()),
      surface_(placeholder_) {}

template <class Change>
void Display::change_all(Change change) {
    for (auto& entry : entries_) {
        change(entry.changes);
        notify(entry);
    }
}

void Display::notify(Entry& entry) {
    if (!std::exchange(entry.notified, true))
        entry.listener->display_changed();
}

void Display::set_surface(std::shared_ptr<const Surface> surface) {
    if (!surface)
        surface = placeholder_;
    const std::lock_guard lock(mutex_);
    if (surface->bounds() != surface_->bounds())
        screens_.clear();
    show(surface);
}

Result<void> Display::set_surface(std::shared_ptr<const Surface> surface,
                                  std::vector<Screen> screens) {
    if (!surface)
        surface = placeholder_;
    ScreenLayout layout{surface->width(), surface->height(), std::move(screens)};
    QIO_TRY(check(layout));
    const std::lock_guard lock(mutex_);
    screens_ = std::move(layout.screens);
    show(surface);
    return {};
}

Result<void> Display::set_screens(std::vector<Screen> screens) {
    const std::lock_guard lock(mutex_);
    ScreenLayout layout{surface_->width(), surface_->height(), std::move(screens)};
    QIO_TRY(check(layout));
    screens_ = std::move(layout.screens);
    change_all([](DisplayChanges&) {});
    return {};
}

/// Swaps, so that the old one is destroyed after the lock is gone, which the caller has.
void Display::show(std::shared_ptr<const Surface>& surface) {
    surface_.swap(surface);
    change_all([this](DisplayChanges& changes) {
        changes.surface_changed = true;
        changes.damage = Region(surface_->bounds());
        changes.copies.clear();
    });
}

void Display::damage(const Rect& rect) {
    const std::lock_guard lock(mutex_);
    damage_locked(rect);
}

/// Requires: the lock is held.
void Display::damage_locked(const Rect& rect) {
    const Rect visible = intersect(rect, surface_->bounds());
    if (visible.empty())
        return;
    change_all([&visible](DisplayChanges& changes) {
        changes.damage.add(visible);
        changes.damage.bound(max_damage_rects, merged_damage_rects);
    });
}

void Display::copy(const Rect& source, Point destination) {
    const std::lock_guard lock(mutex_);
    damage_locked({destination.x, destination.y, source.width, source.height});
    const Rect all = surface_->bounds();
    // In 64 bits: both may be anything.
    const std::int64_t dx = std::int64_t(destination.x) - source.x;
    const std::int64_t dy = std::int64_t(destination.y) - source.y;
    if (std::abs(dx) >= all.width || std::abs(dy) >= all.height)
        return; // nothing that can be seen went to where it can be seen
    Rect to = intersect(source, all);
    to.x += int(dx);
    to.y += int(dy);
    to = intersect(to, all);
    if (to.empty() || (dx == 0 && dy == 0))
        return;
    const Copy copy{to, {to.x - int(dx), to.y - int(dy)}};
    change_all([&copy](DisplayChanges& changes) { add_copy(changes.copies, copy); });
}

void Display::set_cursor(std::optional<Cursor> cursor) {
    std::shared_ptr<const Cursor> shared;
    if (cursor)
        shared = std::make_shared<const Cursor>(std::move(*cursor));
    const std::lock_guard lock(mutex_);
    cursor_ = std::move(shared);
    change_all([](DisplayChanges& changes) { changes.cursor_changed = true; });
}

Result<void> Display::set_name(std::string name) {
    if (name.size() > max_display_name_bytes)
        return Error{ErrorKind::limit, 0,
                     "display name of " + std::to_string(name.size()) + " bytes"};
    if (!is_utf8(name))
        return Error{ErrorKind::invalid_argument, 0, "display name is not UTF-8"};
    const std::lock_guard lock(mutex_);
    name_ = std::move(name);
    change_all([](DisplayChanges& changes) { changes.name_changed = true; });
    return {};
}

void Display::bell() {
    const std::lock_guard lock(mutex_);
    change_all([](DisplayChanges& changes) { changes.bell = true; });
}

void Display::set_pointer_mode(PointerMode mode) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(pointer_mode_, mode) != mode)
        change_all([](DisplayChanges& changes) { changes.pointer_changed = true; });
}

void Display::set_pointer_visible(bool visible) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(pointer_visible_, visible) != visible)
        change_all([](DisplayChanges& changes) { changes.pointer_changed = true; });
}

void Display::move_pointer(Point position) {
    const std::lock_guard lock(mutex_);
    pointer_ = position;
    change_all([&](DisplayChanges& changes) { changes.pointer_moved = position; });
}

void Display::set_leds(const LockLeds& leds) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(leds_, leds) != leds)
        change_all([](DisplayChanges& changes) { changes.leds_changed = true; });
}

Result<void> Display::set_clipboard(std::string utf8) {
    if (utf8.size() > max_clipboard_bytes)
        return Error{ErrorKind::limit, 0,
                     "clipboard text of " + std::to_string(utf8.size()) + " bytes"};
    if (!is_utf8(utf8))
        return Error{ErrorKind::invalid_argument, 0, "clipboard text is not UTF-8"};
    std::shared_ptr<const std::string> text;
    if (!utf8.empty())
        text = std::make_shared<const std::string>(with_lf(utf8));
    const std::lock_guard lock(mutex_);
    const bool fulfils_a_promise = text && clipboard_.has_text && !clipboard_.text;
    if (!fulfils_a_promise)
        ++clipboard_.serial;
    clipboard_.has_text = text != nullptr;
    clipboard_.text.swap(text);
    change_all([](DisplayChanges& changes) { changes.clipboard_changed = true; });
    return {};
}

void Display::announce_clipboard() {
    const std::lock_guard lock(mutex_);
    clipboard_ = {.serial = clipboard_.serial + 1, .has_text = true, .text = nullptr};
    change_all([](DisplayChanges& changes) { changes.clipboard_changed = true; });
}

void Display::set_audio_playing(bool playing) {
    if (std::exchange(audio_playing_, playing) != playing)
        change_all([](DisplayChanges& changes) { changes.audio_changed = true; });
}

template <class Sample>
Result<void> Display::play(const AudioFormat& format, std::span<const Sample> samples) {
    QIO_TRY(check(format));
    const std::lock_guard lock(mutex_);
    set_audio_playing(true);
    for (auto& entry : entries_) {
        if (!entry.wants_audio)
            continue;
        entry.audio.push(format, samples);
        notify(entry);
    }
    return {};
}

Result<void> Display::play_audio(const AudioFormat& format,
                                 std::span<const std::int16_t> samples) {
    return play(format, samples);
}

Result<void> Display::play_audio(const AudioFormat& format,
                                 std::span<const float> samples) {
    return play(format, samples);
}

void Display::stop_audio() {
    const std::lock_guard lock(mutex_);
    set_audio_playing(false);
}

void Display::set_input(InputSink* sink) {
    const std::lock_guard lock(mutex_);
    input_ = sink;
}

InputSink* Display::input() const {
    const std::lock_guard lock(mutex_);
    return input_;
}

void Display::add_listener(DisplayListener& listener) {
    const std::lock_guard lock(mutex_);
    auto& entry = entries_.emplace_back();
    entry.listener = &listener;
    entry.changes.surface_changed = true;
    entry.changes.damage = Region(surface_->bounds());
    entry.changes.cursor_changed = cursor_ != nullptr;
    entry.changes.name_changed = true;
    entry.changes.pointer_changed = true;
    entry.changes.pointer_moved = pointer_;
    entry.changes.leds_changed = leds_.has_value();
    entry.changes.clipboard_changed = clipboard_.serial != 0;
    entry.changes.audio_changed = audio_playing_;
    notify(entry);
}

void Display::remove_listener(DisplayListener& listener) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_,
                  [&](const Entry& entry) { return entry.listener == &listener; });
}

Display::Entry& Display::entry_of(const DisplayListener& listener) {
    const auto entry = std::ranges::find(entries_, &listener, &Entry::listener);
    assert(entry != entries_.end());
    return *entry;
}

void Display::want_audio(DisplayListener& listener, bool wanted) {
    const std::lock_guard lock(mutex_);
    auto& entry = entry_of(listener);
    entry.wants_audio = wanted;
    entry.audio.clear();
}

bool Display::audio_wanted() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(entries_, &Entry::wants_audio);
}

DisplayChanges Display::take_changes(DisplayListener& listener) {
    const std::lock_guard lock(mutex_);
    auto& entry = entry_of(listener);
    entry.notified = false;
    auto changes = std::exchange(entry.changes, {});
    changes.surface = surface_;
    changes.screens = screens_;
    changes.cursor = cursor_;
    changes.name = name_;
    changes.pointer_mode = pointer_mode_;
    changes.pointer_visible = pointer_visible_;
    changes.leds = leds_;
    changes.clipboard = clipboard_;
    changes.audio_playing = audio_playing_;
    changes.audio = entry.audio.take();
    return changes;
}

} // namespace qio::ui
