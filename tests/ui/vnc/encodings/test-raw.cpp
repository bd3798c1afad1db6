// Raw encoding, seen by a client.
#include "ui/vnc/encodings/raw.hpp"

#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::size_t header_bytes = 12;

// V-16, V-25: every size and client format
void a_client_sees_the_picture(void**) {
    assert_true(test::shows_everything(Encoding::Raw));
}

void appends_to_what_is_there(void**) {
    const auto frame = test::frame_of(*test::picture(3, 2, 0, test::Content::noise));
    RawEncoder encoder;
    encoder.begin({});
    Bytes out(1, std::byte(9));
    assert_int_equal(encoder.encode(*frame, {1, 0, 2, 2}, out), 1);
    assert_int_equal(out.size(), 1 + header_bytes + 2 * 2 * 4);
    assert_int_equal(int(out[0]), 9);
}

// V-25: foreign surfaces and foreign clients at once
void converts_twice_where_both_sides_differ(void**) {
    std::vector<std::uint16_t> memory = {0xF800, 0x07E0, 0x001F, 0xFFFF};
    const auto surface =
        *ui::Surface::wrap(4, 1, 8, PIXMAN_r5g6b5, memory.data(), nullptr);
    RawEncoder encoder;
    encoder.begin({.format = {16, 15, true, true, 31, 31, 31, 10, 5, 0}, .lossy = {}});
    Bytes out;
    encoder.encode(*test::frame_of(*surface), surface->bounds(), out);
    const std::uint16_t expected[] = {0x7C00, 0x03E0, 0x001F, 0x7FFF};
    for (std::size_t i = 0; i < 4; ++i)
        assert_int_equal(load_be<std::uint16_t>(out.data() + header_bytes + 2 * i),
                         expected[i]);
}

// P-RFB-30: unused bits are zero, even if the surface's are not
void unused_bits_are_zero(void**) {
    const auto surface = *ui::Surface::create(64, 1, PIXMAN_a8r8g8b8);
    for (int i = 0; i < 64 * 4; ++i)
        surface->row(0)[i] = std::byte(0xFF);
    for (const bool big_endian : {false, true}) {
        EncodeSettings settings;
        settings.format.big_endian = big_endian;
        RawEncoder encoder;
        encoder.begin(settings);
        Bytes out;
        encoder.encode(*test::frame_of(*surface), surface->bounds(), out);
        for (std::size_t i = 0; i < out.size() - header_bytes; ++i)
            assert_int_equal(int(out[header_bytes + i]),
                             i % 4 == (big_endian ? 0 : 3) ? 0 : 0xFF);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(appends_to_what_is_there),
        cmocka_unit_test(converts_twice_where_both_sides_differ),
        cmocka_unit_test(unused_bits_are_zero),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
