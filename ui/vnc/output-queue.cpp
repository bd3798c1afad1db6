// What waits to be sent: small messages, and pieces shared with other clients.
#include "ui/vnc/output-queue.hpp"

#include <cassert>
#include <utility>

namespace qio::vnc {

namespace {
// Memory above this size is given back once it has been sent.
constexpr std::size_t max_spare_bytes = 64 * 1024;
} // namespace

Bytes& OutputQueue::tail() {
    if (pieces_.empty() || pieces_.back().shared)
        pieces_.push_back({std::exchange(spare_, {}), nullptr});
    return pieces_.back().own;
}

void OutputQueue::add(std::shared_ptr<const Bytes> piece) {
    if (!piece->empty())
        pieces_.push_back({{}, std::move(piece)});
}

std::size_t OutputQueue::size() const {
    std::size_t size = 0;
    for (const auto& piece : pieces_)
        size += piece.view().size();
    return size - sent_;
}

std::size_t OutputQueue::gather(std::span<iovec> buffers) const {
    std::size_t used = 0;
    std::size_t skip = sent_;
    for (const auto& piece : pieces_) {
        const auto view = piece.view().subspan(skip);
        skip = 0;
        if (view.empty())
            continue;
        if (used == buffers.size())
            break;
        buffers[used++] = {const_cast<std::byte*>(view.data()), view.size()};
    }
    return used;
}

void OutputQueue::consume(std::size_t count) {
    sent_ += count;
    while (!pieces_.empty() && sent_ >= pieces_.front().view().size()) {
        auto& first = pieces_.front();
        sent_ -= first.view().size();
        if (!first.shared && first.own.capacity() <= max_spare_bytes) {
            spare_ = std::move(first.own);
            spare_.clear();
        }
        pieces_.pop_front();
    }
    assert(sent_ == 0 || !pieces_.empty());
}

void OutputQueue::clear() {
    pieces_.clear();
    sent_ = 0;
}

} // namespace qio::vnc
