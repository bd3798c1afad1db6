// Unmasking against one byte after the other.
#include "io/websock/unmask.hpp"

#include <algorithm>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

constexpr MaskKey key{std::byte(0x37), std::byte(0xFA), std::byte(0x21), std::byte(0x3D)};

Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::byte(i * 7 + i / 256 + 1);
    return bytes;
}

void unmask_bytewise(MutableBytes payload, std::size_t offset) {
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] ^= key[(offset + i) % 4];
}

// P-WS-12
void agrees_with_a_byte_loop_at_every_size_offset_and_alignment(void**) {
    auto original = pattern(240);
    for (std::size_t size = 0; size <= 200; ++size)
        for (std::size_t offset = 0; offset < 8; ++offset)
            for (std::size_t start = 0; start < 17; ++start) {
                auto expected = original;
                unmask_bytewise(MutableBytes(expected).subspan(start, size), offset);
                auto found = original;
                unmask(MutableBytes(found).subspan(start, size), key, offset);
                assert_true(found == expected);
                auto copy = original;
                unmask_copy(MutableBytes(copy).subspan(start),
                            ByteView(original).subspan(start, size), key, offset);
                assert_true(copy == expected);
            }
}

// P-WS-12
void pieces_give_the_same_as_the_whole(void**) {
    auto whole = pattern(300);
    unmask(whole, key, 0);
    for (std::size_t piece = 1; piece <= 150; ++piece) {
        auto bytes = pattern(300);
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            unmask(MutableBytes(bytes).subspan(at, std::min(piece, bytes.size() - at)),
                   key, at);
        assert_true(bytes == whole);
    }
}

void copies_between_buffers_of_different_alignment(void**) {
    auto from = pattern(100);
    for (std::size_t start = 0; start < 9; ++start) {
        Bytes to(120);
        unmask_copy(MutableBytes(to).subspan(start), from, key, 3);
        auto expected = from;
        unmask_bytewise(expected, 3);
        assert_true(std::ranges::equal(ByteView(to).subspan(start, 100), expected));
        assert_true(from == pattern(100));
        assert_int_equal(int(to[start + 100]), 0);
    }
}

// Large pieces are treated with wider registers.
void agrees_with_a_byte_loop_around_large_sizes(void**) {
    const auto original = pattern(4200);
    for (std::size_t size = 1000; size <= 4100; size += size < 1600 ? 1 : 57)
        for (std::size_t start : {0, 1, 14}) {
            auto expected = original;
            unmask_bytewise(MutableBytes(expected).subspan(start, size), 3);
            auto found = original;
            unmask(MutableBytes(found).subspan(start, size), key, 3);
            assert_true(found == expected);
        }
}

void closes_gaps_within_one_buffer(void**) {
    for (std::size_t size : {1, 15, 16, 17, 64, 100, 1023, 1024, 1300, 5000})
        for (std::size_t gap = 0; gap <= 20; ++gap) {
            auto bytes = pattern(size + gap);
            Bytes expected(bytes.begin() + std::ptrdiff_t(gap), bytes.end());
            unmask_bytewise(expected, 1);
            unmask_copy(bytes, ByteView(bytes).subspan(gap), key, 1);
            bytes.resize(size);
            assert_true(bytes == expected);
        }
}

void keeps_its_phase_far_into_a_frame(void**) {
    auto offset = (std::size_t{1} << 40) + 2;
    auto found = pattern(70);
    auto expected = found;
    unmask(found, key, offset);
    unmask_bytewise(expected, 2);
    assert_true(found == expected);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_byte_loop_at_every_size_offset_and_alignment),
        cmocka_unit_test(pieces_give_the_same_as_the_whole),
        cmocka_unit_test(copies_between_buffers_of_different_alignment),
        cmocka_unit_test(agrees_with_a_byte_loop_around_large_sizes),
        cmocka_unit_test(closes_gaps_within_one_buffer),
        cmocka_unit_test(keeps_its_phase_far_into_a_frame),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
