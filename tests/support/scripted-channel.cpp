// A channel that splits, blocks and fails as it is told, over another one.
#include "tests/support/scripted-channel.hpp"

#include <algorithm>
#include <vector>

namespace qio::test {

namespace {

Error scripted() {
    return {ErrorKind::io, 0, "scripted failure"};
}

std::vector<iovec> cut(std::span<const iovec> buffers, std::size_t limit) {
    std::vector<iovec> list;
    for (auto& buffer : buffers) {
        if (limit == 0)
            break;
        const std::size_t length = std::min(buffer.iov_len, limit);
        if (length != 0)
            list.push_back({buffer.iov_base, length});
        limit -= length;
    }
    return list;
}

} // namespace

ScriptedChannel::Verdict ScriptedChannel::next() {
    ++operations_;
    if (failed_ || operations_ == script_.fail_at) {
        failed_ = true;
        return Verdict::fail;
    }
    if (script_.block_every != 0 && operations_ % script_.block_every == 0)
        return Verdict::block;
    return Verdict::go;
}

IoResult ScriptedChannel::do_readv(std::span<const iovec> buffers) {
    const auto verdict = next();
    if (verdict == Verdict::fail)
        return scripted();
    if (read_ == script_.end_after)
        return std::size_t(0);
    if (verdict == Verdict::block)
        return std::nullopt;
    const auto limited =
        cut(buffers, std::min(script_.max_chunk, script_.end_after - read_));
    const auto moved = below_->readv(limited);
    if (moved && *moved)
        read_ += **moved;
    return moved;
}

IoResult ScriptedChannel::do_writev(std::span<const iovec> buffers) {
    const auto verdict = next();
    if (verdict == Verdict::fail)
        return scripted();
    if (verdict == Verdict::block)
        return std::nullopt;
    return below_->writev(cut(buffers, script_.max_chunk));
}

} // namespace qio::test
