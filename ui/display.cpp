// What an emulator drives: a surface, what changed in it, a cursor, a name.
#include "ui/display.hpp"

#include <algorithm>
#include <cassert>
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
    // Swapped, so that the old one is destroyed after the lock is gone.
    const std::lock_guard lock(mutex_);
    surface_.swap(surface);
    change_all([this](DisplayChanges& changes) {
        changes.surface_changed = true;
        changes.damage = Region(surface_->bounds());
    });
}

void Display::damage(const Rect& rect) {
    const std::lock_guard lock(mutex_);
    const Rect visible = intersect(rect, surface_->bounds());
    if (visible.empty())
        return;
    change_all([&visible](DisplayChanges& changes) {
        changes.damage.add(visible);
        if (changes.damage.count() > max_damage_rects)
            changes.damage = changes.damage.simplified(merged_damage_rects);
    });
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
    auto& entry = entries_.emplace_back(Entry{.listener = &listener, .changes = {}});
    entry.changes.surface_changed = true;
    entry.changes.damage = Region(surface_->bounds());
    entry.changes.cursor_changed = cursor_ != nullptr;
    entry.changes.name_changed = true;
    notify(entry);
}

void Display::remove_listener(DisplayListener& listener) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_,
                  [&](const Entry& entry) { return entry.listener == &listener; });
}

DisplayChanges Display::take_changes(DisplayListener& listener) {
    const std::lock_guard lock(mutex_);
    const auto entry = std::ranges::find(entries_, &listener, &Entry::listener);
    assert(entry != entries_.end());
    entry->notified = false;
    auto changes = std::exchange(entry->changes, {});
    changes.surface = surface_;
    changes.cursor = cursor_;
    changes.name = name_;
    return changes;
}

} // namespace qio::ui
