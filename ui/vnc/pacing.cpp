// The fences of one client: those it sends, and ours that measure its link.
#include "ui/vnc/pacing.hpp"

#include <utility>

#include "ui/vnc/rfb/extension-writer.hpp"

namespace qio::vnc {

void Pacing::set_features(const ClientFeatures& features, Time now, Bytes& out) {
    if (features.fence && !std::exchange(has_fences_, true))
        append_own_fence(0, now, out); // tells, and measures the delay of the idle link
    if (features.fence && features.continuous_updates &&
        !std::exchange(has_continuous_updates_, true))
        append_end_of_continuous_updates(out);
}

void Pacing::handle(const ClientFence& fence, Time now, Bytes& out) {
    if ((fence.flags & fence_request) == 0) {
        if (fence.payload.size() == sizeof(std::uint32_t))
            flow_.answered(load_be<std::uint32_t>(fence.payload.data()), now);
        return;
    }
    message_done(out); // it is the message that an earlier one waited for
    if ((fence.flags & fence_sync_next) != 0)
        waiting_ = fence;
    else
        append_answer(fence, out);
}

void Pacing::message_done(Bytes& out) {
    if (const auto fence = std::exchange(waiting_, std::nullopt))
        append_answer(*fence, out);
}

void Pacing::updates_ended(Bytes& out) {
    append_end_of_continuous_updates(out);
    ++answer_bytes_;
}

void Pacing::append_answer(const ClientFence& fence, Bytes& out) {
    const auto before = out.size();
    append_fence(out, fence.flags & fence_known_flags, fence.payload);
    answer_bytes_ += out.size() - before;
}

void Pacing::before_update(Time now, Bytes& out) {
    if (has_fences_ && flow_.under_way() == 0 && flow_.wants_probe(now))
        append_own_fence(0, now, out);
}

void Pacing::update_sent(std::size_t bytes, Time now, Bytes& out) {
    if (has_fences_)
        append_own_fence(bytes, now, out);
}

void Pacing::append_own_fence(std::size_t bytes, Time now, Bytes& out) {
    Bytes payload;
    ByteWriter(payload).put(flow_.sent(bytes, now));
    append_fence(out, fence_request | fence_block_before, payload);
}

} // namespace qio::vnc
