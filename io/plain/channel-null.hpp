// A channel that swallows what is written and has nothing to read.
#pragma once

#include <memory>

#include "io/core/channel.hpp"

namespace qio {

/// Writes report their full length, reads end of stream; always ready.
class QIO_API ChannelNull final : public Channel {
public:
    static std::shared_ptr<ChannelNull> create();

private:
    ChannelNull() = default;
    IoResult do_readv(std::span<const iovec>) override { return std::size_t(0); }
    IoResult do_writev(std::span<const iovec> buffers) override {
        return total_size(buffers);
    }
    Result<void> do_close() override { return {}; }
    Result<void> do_set_blocking(Blocking) override { return {}; }
    Interest do_interest(Condition asked) const override;
};

} // namespace qio
