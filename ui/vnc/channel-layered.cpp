// A channel inside what an authentication left around it.
#include "ui/vnc/channel-layered.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace qio::vnc {

namespace {

constexpr std::size_t max_read = 16 * 1024;

/// At most `count` bytes from the front.
Bytes gather(std::span<const iovec> buffers, std::size_t count) {
    Bytes bytes;
    for (const auto& buffer : buffers) {
        const auto* from = static_cast<const std::byte*>(buffer.iov_base);
        const auto part = std::min(buffer.iov_len, count - bytes.size());
        bytes.insert(bytes.end(), from, from + part);
    }
    return bytes;
}

} // namespace

IoResult ChannelLayered::do_readv(std::span<const iovec> buffers) {
    while (!has_plain()) {
        const auto count = QIO_TRY(fill());
        if (!count || *count == 0)
            return count;
    }
    return take_plain(buffers);
}

/// One read from below, and what it decodes to.
IoResult ChannelLayered::fill() {
    const auto at = sealed_in_.size();
    sealed_in_.resize(at + max_read);
    const auto count = transport_->read(MutableBytes(sealed_in_).subspan(at));
    sealed_in_.resize(at + (count ? count->value_or(0) : 0));
    if (!count || !*count)
        return count;
    if (**count == 0) {
        if (!sealed_in_.empty())
            return Error{ErrorKind::disconnected, 0, "the client left amid a message"};
        return count;
    }
    plain_in_.clear();
    taken_ = 0;
    const auto used = QIO_TRY(layer_->decode(sealed_in_, plain_in_));
    sealed_in_.erase(sealed_in_.begin(), sealed_in_.begin() + std::ptrdiff_t(used));
    if (has_plain())
        interest_changed();
    return count;
}

std::size_t ChannelLayered::take_plain(std::span<const iovec> buffers) {
    std::size_t moved = 0;
    for (const auto& buffer : buffers) {
        const auto count = std::min(buffer.iov_len, plain_in_.size() - taken_);
        if (count == 0)
            continue;
        std::memcpy(buffer.iov_base, plain_in_.data() + taken_, count);
        taken_ += count;
        moved += count;
    }
    if (!has_plain())
        interest_changed();
    return moved;
}

IoResult ChannelLayered::do_writev(std::span<const iovec> buffers) {
    QIO_TRY(send_sealed());
    if (!is_sent())
        return std::nullopt;
    // The byte that was held back is the first of these.
    if (std::exchange(held_, false))
        return 1;
    const auto plain = gather(buffers, layer_->max_plain());
    QIO_TRY(layer_->encode(plain, sealed_out_));
    QIO_TRY(send_sealed());
    held_ = !is_sent();
    if (!held_)
        return plain.size();
    if (plain.size() == 1)
        return std::nullopt;
    return plain.size() - 1;
}

Result<void> ChannelLayered::send_sealed() {
    while (!is_sent()) {
        const auto count =
            QIO_TRY(transport_->write(ByteView(sealed_out_).subspan(sent_)));
        if (!count)
            return {};
        sent_ += *count;
    }
    sealed_out_.clear();
    sent_ = 0;
    return {};
}

Result<void> ChannelLayered::do_set_blocking(Blocking blocking) {
    return transport_->set_blocking(blocking);
}

Result<void> ChannelLayered::do_shutdown(Direction direction) {
    return transport_->shutdown(direction);
}

bool ChannelLayered::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown && transport_->has_feature(feature);
}

Interest ChannelLayered::do_interest(Condition asked) const {
    Interest interest = transport_->interest(asked);
    if (has_plain())
        interest.ready |= asked & Condition::in;
    return interest;
}

Condition ChannelLayered::do_resolve(Condition asked, Condition events) {
    Condition ready = transport_->resolve(asked, events);
    if (has_plain())
        ready |= asked & Condition::in;
    return ready;
}

} // namespace qio::vnc
