// Decides whose input counts.
#include "ui/vnc/control-arbiter.hpp"

#include <algorithm>
#include <utility>

namespace qio::vnc {

namespace {

Error no_such_client() {
    return {ErrorKind::not_found, 0, "there is no such client, or it is connecting"};
}

} // namespace

const ControlArbiter::Entry* ControlArbiter::find(std::uint64_t id) const {
    const auto entry = std::ranges::find(entries_, id, &Entry::id);
    return entry != entries_.end() ? &*entry : nullptr;
}

ControlArbiter::Entry* ControlArbiter::find(std::uint64_t id) {
    return const_cast<Entry*>(std::as_const(*this).find(id));
}

/// Whoever wished for control before may wish again.
void ControlArbiter::set_holder(By by, std::optional<std::uint64_t> holder) {
    const auto before = state();
    by_ = by;
    holder_ = holder;
    if (by_ == By::policy && policy_ == ControlPolicy::first && !holder_) {
        const auto next = std::ranges::find_if(
            entries_, [](auto& entry) { return entry.may && !entry.refused; });
        if (next != entries_.end())
            holder_ = next->id;
    }
    if (state() != before)
        for (auto& entry : entries_)
            entry.has_wished = false;
}

void ControlArbiter::add(std::uint64_t id, bool only_looks) {
    entries_.push_back({id, !only_looks});
    set_holder(by_, holder_);
}

void ControlArbiter::remove(std::uint64_t id) {
    std::erase_if(entries_, [&](auto& entry) { return entry.id == id; });
    if (holder_ == id)
        set_holder(By::policy, std::nullopt);
}

bool ControlArbiter::has_control(std::uint64_t id) const {
    if (holder_)
        return holder_ == id;
    if (by_ != By::policy || policy_ != ControlPolicy::everyone)
        return false;
    const auto* const entry = find(id);
    return entry != nullptr && entry->may && !entry->refused;
}

Control ControlArbiter::state() const {
    if (holder_)
        return {Control::Who::client, *holder_};
    const bool everyone = by_ == By::policy && policy_ == ControlPolicy::everyone;
    return {everyone ? Control::Who::everyone : Control::Who::nobody};
}

ControlArbiter::Answer ControlArbiter::act(std::uint64_t id, Act act, Time now) {
    if (has_control(id)) {
        last_act_ = now;
        return Answer::yes;
    }
    auto* const entry = find(id);
    if (act != Act::press || entry == nullptr || !entry->may || entry->refused)
        return Answer::no;
    const bool is_free = by_ == By::policy && policy_ == ControlPolicy::one_at_a_time &&
                         (!holder_ || now - last_act_ >= idle_);
    if (is_free) {
        set_holder(By::policy, id);
        last_act_ = now;
        return Answer::yes;
    }
    return std::exchange(entry->has_wished, true) ? Answer::no : Answer::wish;
}

Result<void> ControlArbiter::give(std::uint64_t id) {
    auto* const entry = find(id);
    if (entry == nullptr)
        return no_such_client();
    if (!entry->may)
        return Error{ErrorKind::permission_denied, 0, "the client may only look"};
    entry->refused = false;
    set_holder(By::gift, id);
    return {};
}

Result<void> ControlArbiter::refuse(std::uint64_t id) {
    auto* const entry = find(id);
    if (entry == nullptr)
        return no_such_client();
    entry->refused = true;
    if (holder_ == id)
        set_holder(By::policy, std::nullopt);
    return {};
}

void ControlArbiter::take() {
    set_holder(By::nobody, std::nullopt);
}

void ControlArbiter::release() {
    set_holder(By::policy, std::nullopt);
}

} // namespace qio::vnc
