// What waits to be sent: small messages, and pieces shared with other clients.
#include "ui/vnc/output-queue.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "io/core/channel.hpp"

namespace qio::vnc {

namespace {
// Memory above this size is given back once it has been sent.
constexpr std::size_t max_spare_bytes = 64 * 1024;
} // namespace

Bytes& OutputQueue::tail() {
    if (pieces_.empty() || !pieces_.back().is_own())
        pieces_.push_back({std::exchange(spare_, {}), {}});
    return pieces_.back().own;
}

void OutputQueue::add(EncodedPiece piece) {
    if (piece.size() != 0)
        pieces_.push_back({{}, std::move(piece)});
}

bool OutputQueue::empty() const {
    // The first piece has bytes left, if there are any.
    return std::ranges::all_of(pieces_, [](auto& piece) { return piece.size() == 0; });
}

std::size_t OutputQueue::size() const {
    std::size_t size = 0;
    for (const auto& piece : pieces_)
        size += piece.size();
    return size - sent_;
}

std::size_t OutputQueue::gather(std::span<iovec> buffers) const {
    std::size_t used = 0;
    std::size_t skip = sent_;
    for (const auto& piece : pieces_) {
        if (used == buffers.size())
            break;
        used += gather(piece, skip, buffers.subspan(used));
        skip = 0;
    }
    return used;
}

/// The piece without its first `skip` bytes.
std::size_t OutputQueue::gather(const Piece& piece, std::size_t skip,
                                std::span<iovec> buffers) {
    if (skip == piece.size())
        return 0;
    if (piece.is_own()) {
        buffers[0] = to_iovec(ByteView(piece.own).subspan(skip));
        return 1;
    }
    const auto& rows = piece.shared;
    std::size_t used = 0;
    std::size_t begin = skip % rows.row_bytes;
    for (auto i = skip / rows.row_bytes; i < rows.rows && used < buffers.size(); ++i)
        buffers[used++] = to_iovec(rows.row(i).subspan(std::exchange(begin, 0)));
    return used;
}

void OutputQueue::consume(std::size_t count) {
    sent_ += count;
    while (!pieces_.empty() && sent_ >= pieces_.front().size()) {
        auto& first = pieces_.front();
        sent_ -= first.size();
        if (first.is_own() && first.own.capacity() <= max_spare_bytes) {
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
