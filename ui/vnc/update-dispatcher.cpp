// Takes frames of the display when clients wait for them, and has them encoded.
#include "ui/vnc/update-dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "io/base/trace.hpp"
#include "ui/vnc/client.hpp"

namespace qio::vnc {

namespace {

// Pieces of damage that wait for a frame.
constexpr std::size_t max_damage_rects = 256;
constexpr std::size_t merged_damage_rects = 64;

// Places where the pointer was, until clients are told.
constexpr std::size_t max_pointer_rects = 16;

} // namespace

/// Clients that are sent the same.
struct UpdateDispatcher::Group {
    EncodeJob job;
    std::vector<std::weak_ptr<Client>> members;
};

UpdateDispatcher::UpdateDispatcher(UpdateAudience& audience, std::size_t threads,
                                   GMainContext* context)
    : audience_(audience), pool_(threads, context),
      wakeup_([this] { dispatch(); }, context) {}

void UpdateDispatcher::display_changed(const ui::DisplayChanges& changes) {
    surface_ = changes.surface;
    if (changes.surface_changed)
        forget_other_sizes();
    damage_.add(changes.damage);
    damage_.bound(max_damage_rects, merged_damage_rects);
    if (changes.surface_changed)
        copies_.clear();
    for (const auto& copy : changes.copies)
        add_copy(copies_, copy);
    if (changes.cursor_changed)
        pointer_changed(pointer_.set_cursor(changes.cursor));
    pointer_visible_ = changes.pointer_visible;
    pointer_changed(pointer_.set_visible(pointer_visible_ && pointer_placed_));
    if (changes.pointer_moved)
        move_pointer(*changes.pointer_moved);
}

void UpdateDispatcher::move_pointer(ui::Point position) {
    pointer_changed(pointer_.move(position));
    pointer_placed_ = true;
    pointer_changed(pointer_.set_visible(pointer_visible_));
}

void UpdateDispatcher::pointer_changed(const ui::Region& changed) {
    if (changed.empty())
        return;
    pointer_frame_.reset();
    pointer_changes_.add(changed);
    pointer_changes_.bound(max_pointer_rects, 1);
    schedule();
}

ui::Region UpdateDispatcher::pointer_region() const {
    auto region = pointer_changes_;
    region.add(pointer_.area());
    return region;
}

void UpdateDispatcher::tell_pointer(const Clients& clients) {
    if (pointer_changes_.empty())
        return;
    for (const auto& client : clients)
        if (client->needs_pointer())
            client->add_damage(pointer_changes_);
    pointer_changes_.clear();
}

/// Without memory for it, the frame without the pointer.
const std::shared_ptr<const ui::Frame>& UpdateDispatcher::frame_with_pointer() {
    if (pointer_.area().empty())
        return capture_.frame();
    if (!pointer_frame_) {
        const auto draw = [this](int x, int y, std::span<std::uint32_t> pixels) {
            pointer_.draw(x, y, pixels);
        };
        auto drawn = capture_.frame()->with_drawing(pointer_.area(), draw);
        pointer_frame_ = drawn ? *std::move(drawn) : capture_.frame();
    }
    return pointer_frame_;
}

/// Gives back the memory of a larger picture at once, not when a client next asks.
void UpdateDispatcher::forget_other_sizes() {
    pool_.expect(std::size_t(surface_->width()) * std::size_t(surface_->height()));
    const auto& frame = capture_.frame();
    if (frame &&
        (frame->width() != surface_->width() || frame->height() != surface_->height())) {
        capture_ = {};
        pointer_frame_.reset();
    }
}

void UpdateDispatcher::dispatch() {
    const auto keep = audience_.keep_alive();
    const auto clients = audience_.update_clients();
    tell_pointer(clients);
    const bool news = has_news();
    const auto takes_one = [news](const std::shared_ptr<Client>& client) {
        return client->takes_update(news);
    };
    if (std::ranges::none_of(clients, takes_one) || (news && !take_frame(clients)))
        return;
    for (auto& group : group_jobs(clients))
        run(std::move(group));
}

std::vector<UpdateDispatcher::Group>
UpdateDispatcher::group_jobs(const Clients& clients) {
    std::vector<Group> groups;
    for (const auto& client : clients) {
        if (!client->takes_update(false))
            continue;
        const auto& frame =
            client->needs_pointer() ? frame_with_pointer() : capture_.frame();
        auto job = client->begin_update(frame, finder_);
        if (!job)
            continue;
        auto group = std::ranges::find(groups, *job, &Group::job);
        if (group == groups.end())
            group = groups.insert(groups.end(), Group{std::move(*job), {}});
        group->members.push_back(client);
    }
    finder_.forget();
    return groups;
}

/// False without memory for it; tried again when the next client asks.
bool UpdateDispatcher::take_frame(const Clients& clients) {
    pointer_frame_.reset(); // its strips would have to be copied
    const auto changed = capture_.update(*surface_, damage_);
    damage_.clear();
    const auto copies = std::exchange(copies_, {});
    if (!changed) {
        QIO_TRACE(vnc, no_frame, "%s", changed.error().message.c_str());
        damage_ = ui::Region(surface_->bounds());
        return false;
    }
    for (const auto& client : clients) {
        client->add_damage(*changed);
        client->add_copies(copies);
    }
    return true;
}

void UpdateDispatcher::run(Group group) {
    pool_.run(std::move(group.job),
              [members = std::move(group.members)](const EncodedRects& encoded) {
                  for (const auto& member : members)
                      if (const auto client = member.lock())
                          client->finish_update(encoded);
              });
}

} // namespace qio::vnc
