// Masking and unmasking of frame payload, with the widest registers that the machine has.
#include "io/websock/unmask.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace qio::ws {

namespace {

constexpr std::size_t period = 4;

/// A register of `size` bytes. GCC 12 does not vectorise a plain loop of unknown length
/// at -O2, hence the explicit type.
template <std::size_t size>
struct Register {
    using Type [[gnu::vector_size(size)]] = std::uint32_t;
};

/// The key turned so that the byte for payload offset `offset` comes first.
std::uint32_t turned(MaskKey key, std::size_t offset) {
    std::uint32_t word;
    std::memcpy(&word, key.data(), sizeof word);
    const int bits = 8 * int(offset % period);
    word = std::endian::native == std::endian::little ? std::rotr(word, bits)
                                                      : std::rotl(word, bits);
    return word;
}

// By reference: vectors wider than every machine has are no part of the calling
// conventions.
template <class Lane>
[[gnu::always_inline]] inline void load(Lane& lane, const std::byte* from) {
    std::memcpy(&lane, from, sizeof lane);
}
template <class Lane>
[[gnu::always_inline]] inline void store(std::byte* to, const Lane& lane) {
    std::memcpy(to, &lane, sizeof lane);
}

/// Changes what is a whole number of blocks of four registers; returns how much that is.
/// A multiple of the period, so the mask stays in phase.
template <std::size_t width>
[[gnu::always_inline]] inline std::size_t
change_blocks(std::byte* to, const std::byte* from, std::size_t size, std::uint32_t key) {
    using Lane = typename Register<width>::Type;
    const Lane mask = Lane{} + key;
    std::size_t done = 0;
    for (; size - done >= 4 * width; done += 4 * width) {
        // All loads first: what the stores overwrite, if `to` lies in front of `from`,
        // has been loaded by then, and no load waits for a store.
        Lane first, second, third, fourth;
        load(first, from + done);
        load(second, from + done + width);
        load(third, from + done + 2 * width);
        load(fourth, from + done + 3 * width);
        store<Lane>(to + done, first ^ mask);
        store<Lane>(to + done + width, second ^ mask);
        store<Lane>(to + done + 2 * width, third ^ mask);
        store<Lane>(to + done + 3 * width, fourth ^ mask);
    }
    return done;
}

/// With registers that every machine of interest has.
void change_plain(std::byte* to, const std::byte* from, std::size_t size,
                  std::uint32_t key) {
    std::size_t done = change_blocks<16>(to, from, size, key);
    for (std::uint32_t word; size - done >= period; done += period) {
        load(word, from + done);
        store(to + done, word ^ key);
    }
    std::byte bytes[period];
    std::memcpy(bytes, &key, sizeof bytes);
    for (; done < size; ++done)
        to[done] = from[done] ^ bytes[done % period];
}

#ifdef __x86_64__
[[gnu::target("avx2")]] std::size_t change_avx2(std::byte* to, const std::byte* from,
                                                std::size_t size, std::uint32_t key) {
    return change_blocks<32>(to, from, size, key);
}
[[gnu::target("avx512f")]] std::size_t
change_avx512(std::byte* to, const std::byte* from, std::size_t size, std::uint32_t key) {
    return change_blocks<64>(to, from, size, key);
}
#endif

/// Changes a part at the front with wider registers, if this machine has them and it is
/// worth it. Returns the size of the part.
std::size_t change_wide([[maybe_unused]] std::byte* to,
                        [[maybe_unused]] const std::byte* from,
                        [[maybe_unused]] std::size_t size,
                        [[maybe_unused]] std::uint32_t key) {
#ifdef __x86_64__
    constexpr std::size_t min_size = 1024;
    if (size < min_size)
        return 0;
    if (__builtin_cpu_supports("avx512f"))
        return change_avx512(to, from, size, key);
    if (__builtin_cpu_supports("avx2"))
        return change_avx2(to, from, size, key);
#endif
    return 0;
}

void change_all(std::byte* to, const std::byte* from, std::size_t size,
                std::uint32_t key) {
    const std::size_t done = change_wide(to, from, size, key);
    change_plain(to + done, from + done, size - done, key);
}

} // namespace

void unmask(MutableBytes payload, MaskKey key, std::size_t offset) {
    change_all(payload.data(), payload.data(), payload.size(), turned(key, offset));
}

void unmask_copy(MutableBytes to, ByteView from, MaskKey key, std::size_t offset) {
    change_all(to.data(), from.data(), from.size(), turned(key, offset));
}

} // namespace qio::ws
