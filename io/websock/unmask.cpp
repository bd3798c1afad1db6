// Masking and unmasking of frame payload, 64 bytes at a time.
#include "io/websock/unmask.hpp"

#include <cstdint>
#include <cstring>

namespace qio::ws {

namespace {

/// What every machine of interest has a register for. GCC 12 does not vectorise a plain
/// loop of unknown length at -O2, hence the explicit type.
using Lane [[gnu::vector_size(16)]] = std::uint64_t;

constexpr std::size_t lanes = 4;
constexpr std::size_t block_size = lanes * sizeof(Lane);
constexpr std::size_t period = 4;

/// The key repeated, so that the byte for payload offset `offset` comes first.
Lane repeat(MaskKey key, std::size_t offset) {
    std::byte bytes[sizeof(Lane)];
    for (std::size_t i = 0; i < sizeof bytes; ++i)
        bytes[i] = key[(offset + i) % period];
    Lane lane;
    std::memcpy(&lane, bytes, sizeof lane);
    return lane;
}

/// Loads, changes and stores one lane. `to` may be `from`.
inline void change(std::byte* to, const std::byte* from, const Lane& mask) {
    Lane lane;
    std::memcpy(&lane, from, sizeof lane);
    lane ^= mask;
    std::memcpy(to, &lane, sizeof lane);
}

void change_all(std::byte* to, const std::byte* from, std::size_t size,
                const Lane& mask) {
    // Every step is a multiple of the period, so the mask stays in phase.
    for (; size >= block_size; size -= block_size) {
        for (std::size_t i = 0; i < lanes; ++i)
            change(to + i * sizeof(Lane), from + i * sizeof(Lane), mask);
        to += block_size;
        from += block_size;
    }
    for (; size >= sizeof(Lane); size -= sizeof(Lane)) {
        change(to, from, mask);
        to += sizeof(Lane);
        from += sizeof(Lane);
    }
    std::byte bytes[sizeof(Lane)];
    std::memcpy(bytes, &mask, sizeof bytes);
    for (std::size_t i = 0; i < size; ++i)
        to[i] = from[i] ^ bytes[i];
}

} // namespace

void unmask(MutableBytes payload, MaskKey key, std::size_t offset) {
    change_all(payload.data(), payload.data(), payload.size(), repeat(key, offset));
}

void unmask_copy(MutableBytes to, ByteView from, MaskKey key, std::size_t offset) {
    change_all(to.data(), from.data(), from.size(), repeat(key, offset));
}

} // namespace qio::ws
