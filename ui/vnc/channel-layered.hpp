// internal: a channel inside what an authentication left around it.
#pragma once

#include <memory>

#include "io/core/channel.hpp"
#include "ui/vnc/auth/layer.hpp"

namespace qio::vnc {

/// Seals what is written, and opens what is read. As long as a write has not left
/// entirely, its last byte is not reported and waits to be given again: so a writer who
/// is done has nothing in here.
///
/// Units/limits: one read of 16 KiB undecoded and decoded; one write of
/// Layer::max_plain().
/// Lifetime: owns the channel below.
class ChannelLayered final : public Channel {
public:
    ChannelLayered(std::unique_ptr<auth::Layer> layer, std::shared_ptr<Channel> transport)
        : layer_(std::move(layer)), transport_(std::move(transport)) {}

private:
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<void> do_close() override { return transport_->close(); }
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    void do_set_delay(Hint delay) override { transport_->set_delay(delay); }
    void do_set_cork(Hint cork) override { transport_->set_cork(cork); }
    bool do_has_feature(Feature feature) const override;

    IoResult fill();
    std::size_t take_plain(std::span<const iovec> buffers);
    Result<void> send_sealed();
    bool is_sent() const { return sent_ == sealed_out_.size(); }
    bool has_plain() const { return taken_ < plain_in_.size(); }

    const std::unique_ptr<auth::Layer> layer_;
    const std::shared_ptr<Channel> transport_;
    Bytes sealed_in_;       // not a whole piece yet
    Bytes plain_in_;        // decoded, of which
    std::size_t taken_ = 0; // were read
    Bytes sealed_out_;      // of which
    std::size_t sent_ = 0;  // have left
    bool held_ = false;     // the last byte of a write is sealed and not reported
};

} // namespace qio::vnc
