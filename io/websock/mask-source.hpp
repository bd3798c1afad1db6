// internal: mask keys that nobody can predict, a block of randomness at a time (RFC 6455
// §5.3, §10.3).
#pragma once

#include <algorithm>
#include <array>

#include "io/base/random.hpp"
#include "io/websock/unmask.hpp"

namespace qio::ws {

/// Hands out each random byte once.
class MaskSource {
public:
    MaskKey next() {
        if (used_ == pool_.size()) {
            fill_random(pool_);
            used_ = 0;
        }
        MaskKey key;
        std::copy_n(pool_.begin() + std::ptrdiff_t(used_), key.size(), key.begin());
        used_ += key.size();
        return key;
    }

private:
    std::array<std::byte, 4096> pool_;
    std::size_t used_ = pool_.size();
};

} // namespace qio::ws
