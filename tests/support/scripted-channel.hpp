// A channel that splits, blocks and fails as it is told, over another one.
#pragma once

#include <memory>

#include "io/core/channel.hpp"

namespace qio::test {

/// What goes wrong, and when. Operations are reads and writes, counted together from 1.
struct Script {
    std::size_t max_chunk = SIZE_MAX; ///< bytes moved at most per operation
    unsigned block_every = 0;         ///< every k-th operation would block (0 = none)
    unsigned fail_at = 0;             ///< this operation fails with "scripted" (0 = none)
    std::size_t end_after = SIZE_MAX; ///< bytes that can be read before end of stream
};

class ScriptedChannel final : public Channel {
public:
    ScriptedChannel(std::shared_ptr<Channel> below, Script script)
        : below_(std::move(below)), script_(script) {}

    unsigned operations() const { return operations_; }
    bool has_failed() const { return failed_; }

private:
    enum class Verdict { go, block, fail };
    Verdict next();
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<void> do_close() override { return below_->close(); }
    Result<void> do_set_blocking(Blocking blocking) override {
        return below_->set_blocking(blocking);
    }
    Interest do_interest(Condition asked) const override {
        return below_->interest(asked);
    }
    Condition do_resolve(Condition asked, Condition events) override {
        return below_->resolve(asked, events);
    }
    Result<void> do_shutdown(Direction direction) override {
        return below_->shutdown(direction);
    }
    bool do_has_feature(Feature feature) const override {
        return below_->has_feature(feature);
    }

    std::shared_ptr<Channel> below_;
    Script script_;
    unsigned operations_ = 0;
    bool failed_ = false;
    std::size_t read_ = 0;
};

} // namespace qio::test
