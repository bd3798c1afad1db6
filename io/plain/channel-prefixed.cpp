// A channel on which bytes that were read ahead come first.
#include "io/plain/channel-prefixed.hpp"

#include <algorithm>
#include <cstring>

namespace qio {

std::size_t ChannelPrefixed::take_prefix(std::span<const iovec> buffers) {
    std::size_t moved = 0;
    for (const auto& buffer : buffers) {
        const std::size_t count = std::min(buffer.iov_len, prefix_.size() - taken_);
        if (count == 0)
            continue;
        std::memcpy(buffer.iov_base, prefix_.data() + taken_, count);
        taken_ += count;
        moved += count;
    }
    if (taken_ == prefix_.size()) {
        prefix_ = Bytes();
        interest_changed();
    }
    return moved;
}

IoResult ChannelPrefixed::do_readv(std::span<const iovec> buffers) {
    if (has_prefix())
        return take_prefix(buffers);
    const auto count = transport_->readv(buffers);
    moved_ += count ? count->value_or(0) : 0;
    return count;
}

IoResult ChannelPrefixed::do_writev(std::span<const iovec> buffers) {
    const auto count = transport_->writev(buffers);
    moved_ += count ? count->value_or(0) : 0;
    return count;
}

Result<std::optional<ZeroCopyOutcome>> ChannelPrefixed::do_flush() {
    return transport_->flush();
}

Result<PeerCredentials> ChannelPrefixed::do_peer_credentials() const {
    return transport_->peer_credentials();
}

Result<void> ChannelPrefixed::do_set_blocking(Blocking blocking) {
    return transport_->set_blocking(blocking);
}

Result<void> ChannelPrefixed::do_shutdown(Direction direction) {
    if (direction != Direction::write && has_prefix()) {
        prefix_ = Bytes();
        interest_changed();
    }
    return transport_->shutdown(direction);
}

bool ChannelPrefixed::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown && transport_->has_feature(feature);
}

Interest ChannelPrefixed::do_interest(Condition asked) const {
    Interest interest = transport_->interest(asked);
    if (has_prefix())
        interest.ready |= asked & Condition::in;
    return interest;
}

Condition ChannelPrefixed::do_resolve(Condition asked, Condition events) {
    Condition ready = transport_->resolve(asked, events);
    if (has_prefix())
        ready |= asked & Condition::in;
    return ready;
}

} // namespace qio
