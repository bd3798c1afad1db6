// internal: eight flags in bytes, each 0 or 1, as bits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace qio::vnc {

/// Eight flags in a word; the first is in the lowest byte.
class FlagBits {
public:
    static constexpr std::size_t size = 8;

    explicit FlagBits(const std::uint8_t* flags) {
        std::memcpy(&bytes_, flags, sizeof bytes_);
        if constexpr (std::endian::native == std::endian::big)
            bytes_ = std::byteswap(bytes_);
    }

    // Products bring what is wanted of each byte to the highest one.
    std::uint8_t first_lowest() const { return highest(0x0102040810204080u); }
    std::uint8_t first_highest() const { return highest(0x8040201008040201u); }
    std::uint8_t count() const { return highest(0x0101010101010101u); }

private:
    std::uint8_t highest(std::uint64_t factor) const {
        return std::uint8_t(bytes_ * factor >> 56);
    }

    std::uint64_t bytes_;
};

} // namespace qio::vnc
