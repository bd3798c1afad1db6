// A channel on which bytes that were read ahead come first.
#pragma once

#include <cstdint>
#include <memory>

#include "io/base/api.hpp"
#include "io/core/channel.hpp"

namespace qio {

/// Gives `prefix` to its reader, then what the channel below has. All else goes straight
/// down: for a protocol that was told by its first bytes.
/// Lifetime: owns the channel below.
class QIO_API ChannelPrefixed final : public Channel {
public:
    ChannelPrefixed(Bytes prefix, std::shared_ptr<Channel> transport)
        : prefix_(std::move(prefix)), transport_(std::move(transport)) {}

    /// Bytes that went through here, in both directions.
    std::uint64_t moved() const { return moved_; }
    Channel& transport() const { return *transport_; }

private:
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<std::optional<ZeroCopyOutcome>> do_flush() override;
    Result<PeerCredentials> do_peer_credentials() const override;
    Result<void> do_close() override { return transport_->close(); }
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    void do_set_delay(Hint delay) override { transport_->set_delay(delay); }
    void do_set_cork(Hint cork) override { transport_->set_cork(cork); }
    bool do_has_feature(Feature feature) const override;

    bool has_prefix() const { return !prefix_.empty(); }
    std::size_t take_prefix(std::span<const iovec> buffers);

    Bytes prefix_; // given back once it is read
    std::size_t taken_ = 0;
    std::uint64_t moved_ = 0;
    const std::shared_ptr<Channel> transport_;
};

} // namespace qio
