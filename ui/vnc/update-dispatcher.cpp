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

} // namespace

/// Clients that are sent the same.
struct UpdateDispatcher::Group {
    struct Member {
        std::weak_ptr<Client> client;
        std::uint64_t number;
    };
    EncodeJob job;
    std::vector<Member> members;
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
    if (damage_.count() > max_damage_rects)
        damage_ = damage_.simplified(merged_damage_rects);
}

/// Gives back the memory of a larger picture at once, not when a client next asks.
void UpdateDispatcher::forget_other_sizes() {
    pool_.expect(std::size_t(surface_->width()) * std::size_t(surface_->height()));
    const auto& frame = capture_.frame();
    if (frame &&
        (frame->width() != surface_->width() || frame->height() != surface_->height()))
        capture_ = {};
}

void UpdateDispatcher::dispatch() {
    const auto keep = audience_.keep_alive();
    const auto clients = audience_.update_clients();
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
        auto job = client->begin_update(capture_.frame());
        if (!job)
            continue;
        auto group = std::ranges::find(groups, *job, &Group::job);
        if (group == groups.end())
            group = groups.insert(groups.end(), Group{std::move(*job), {}});
        group->members.push_back({client, client->update_number()});
    }
    return groups;
}

/// False without memory for it; tried again when the next client asks.
bool UpdateDispatcher::take_frame(const Clients& clients) {
    const auto changed = capture_.update(*surface_, damage_);
    damage_.clear();
    if (!changed) {
        QIO_TRACE(vnc, no_frame, "%s", changed.error().message.c_str());
        damage_ = ui::Region(surface_->bounds());
        return false;
    }
    for (const auto& client : clients)
        client->add_damage(*changed);
    return true;
}

void UpdateDispatcher::run(Group group) {
    pool_.run(std::move(group.job),
              [members = std::move(group.members)](const EncodedRects& encoded) {
                  for (const auto& member : members)
                      if (const auto client = member.client.lock())
                          client->finish_update(member.number, encoded);
              });
}

} // namespace qio::vnc
