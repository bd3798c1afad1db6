// Raw encoding, seen by a client.
#include "ui/vnc/encodings/raw.hpp"

#include "tests/support/pictures.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

// V-16, V-25, CVE-04: every size, client format and padding
void a_client_sees_the_picture(void**) {
    RawEncoder encoder;
    assert_true(encoder.encoding() == Encoding::Raw);
    for (const int padding : test::paddings) {
        const auto surface = test::picture(70, 70, padding, test::Content::noise);
        for (const auto& format : test::client_formats) {
            const test::RfbDecoder decoder(format);
            const ui::PixelConverter converter(format);
            for (const int width : test::sides)
                for (const int height : test::sides) {
                    const ui::Rect rect{70 - width, 70 - height, width, height};
                    Bytes out(1, std::byte(9));
                    encoder.encode(*surface, rect, converter, out);
                    const auto seen = decoder.raw(ByteView(out).subspan(1),
                                                  std::size_t(width * height));
                    assert_true(seen.has_value());
                    assert_true(*seen == test::expected(*surface, rect, decoder));
                    assert_int_equal(int(out[0]), 9);
                }
        }
    }
}

// V-25: foreign surfaces and foreign clients at once
void converts_twice_where_both_sides_differ(void**) {
    std::vector<std::uint16_t> memory = {0xF800, 0x07E0, 0x001F, 0xFFFF};
    const auto surface =
        *ui::Surface::wrap(4, 1, 8, PIXMAN_r5g6b5, memory.data(), nullptr);
    const ui::PixelFormat format{16, 15, true, true, 31, 31, 31, 10, 5, 0};
    Bytes out;
    RawEncoder().encode(*surface, surface->bounds(), ui::PixelConverter(format), out);
    const std::uint16_t expected[] = {0x7C00, 0x03E0, 0x001F, 0x7FFF};
    for (std::size_t i = 0; i < 4; ++i)
        assert_int_equal(load_be<std::uint16_t>(out.data() + 2 * i), expected[i]);
}

// P-RFB-30: unused bits are zero, even if the surface's are not
void unused_bits_are_zero(void**) {
    const auto surface = *ui::Surface::create(64, 1, PIXMAN_a8r8g8b8);
    for (int i = 0; i < 64 * 4; ++i)
        surface->row(0)[i] = std::byte(0xFF);
    for (const bool big_endian : {false, true}) {
        ui::PixelFormat format;
        format.big_endian = big_endian;
        Bytes out;
        RawEncoder().encode(*surface, surface->bounds(), ui::PixelConverter(format), out);
        for (std::size_t i = 0; i < out.size(); ++i)
            assert_int_equal(int(out[i]), i % 4 == (big_endian ? 0 : 3) ? 0 : 0xFF);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(converts_twice_where_both_sides_differ),
        cmocka_unit_test(unused_bits_are_zero),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
