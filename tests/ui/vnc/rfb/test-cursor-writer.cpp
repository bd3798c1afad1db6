// The cursor for every kind of client, byte for byte.
#include "ui/vnc/rfb/cursor-writer.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/ui/vnc/rfb/written.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

ui::Cursor cursor(int width, int height, std::vector<std::uint32_t> argb) {
    return *ui::Cursor::make(width, height, width - 1, height - 1, std::move(argb));
}

// Nine wide: rows of bits end within a byte. Alpha 128 is the first opaque one.
ui::Cursor sample() {
    std::vector<std::uint32_t> argb(18, 0x7FFFFFFF);
    argb[0] = 0xFF102030;
    argb[1] = 0x80FFFFFF;
    argb[8] = 0xFF304050;
    argb[17] = 0xFFFFFF01;
    return cursor(9, 2, std::move(argb));
}

ui::Cursor sample_cursor() {
    // Nine wide, so that each mask row takes two bytes; alpha 128 is the first opaque.
    std::vector<std::uint32_t> argb(18, 0x7FFFFFFF);
    argb[0] = 0xFF112233;
    argb[8] = 0x80445566;
    argb[10] = 0xFFFF0000;
    return *ui::Cursor::make(9, 2, 8, 1, std::move(argb));
}

void a_cursor_has_pixels_and_a_mask_of_whole_bytes(void**) {
    const ui::PixelFormat big{32, 24, true, true, 255, 255, 255, 16, 8, 0};
    std::string white = "00ffffff", expected = "00080001"
                                               "00090002"
                                               "ffffff11";
    expected += "00112233";
    for (int i = 0; i < 7; ++i)
        expected += white;
    expected += "00445566" + white + "00ff0000";
    for (int i = 0; i < 7; ++i)
        expected += white;
    expected += "8080"
                "4000";
    assert_written(expected.c_str(),
                   append_cursor(out, sample_cursor(), ui::PixelConverter(big)));
    assert_written("0000000000000000"
                   "ffffff11",
                   append_cursor(out, ui::Cursor(), ui::PixelConverter(big)));
}

// V-25: as many pixel bytes as the client's format has, in every format
void a_cursor_fits_every_pixel_size(void**) {
    const ui::PixelFormat formats[] = {
        {8, 8, false, true, 7, 7, 3, 0, 3, 6},
        {8, 8, false, false, 0, 0, 0, 0, 0, 0},
        {16, 16, false, true, 31, 63, 31, 11, 5, 0},
        {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    };
    for (const auto& format : formats) {
        Bytes out;
        append_cursor(out, sample_cursor(), ui::PixelConverter(format));
        assert_int_equal(out.size(), 12 + 18 * format.bits_per_pixel / 8 + 2 * 2);
    }
}

void an_x_cursor_has_two_colours_bits_and_a_mask(void**) {
    assert_written("00080001"
                   "00090002"
                   "ffffff10"
                   "ffff80" // the mean of white and yellow
                   "203040" // the mean of the two dark ones
                   "7f00"
                   "ff80"
                   "c080"
                   "0080",
                   append_x_cursor(out, sample()));
}

void an_x_cursor_of_one_colour_has_a_second_one(void**) {
    assert_written("00000000"
                   "00010001"
                   "ffffff10"
                   "ffffff"
                   "010203"
                   "00"
                   "80",
                   append_x_cursor(out, cursor(1, 1, {0xFF010203})));
    assert_written("00000000"
                   "00010001"
                   "ffffff10"
                   "fefdfc"
                   "000000"
                   "80"
                   "80",
                   append_x_cursor(out, cursor(1, 1, {0xFFFEFDFC})));
}

void an_empty_x_cursor_has_no_colours(void**) {
    assert_written("0000000000000000"
                   "ffffff10",
                   append_x_cursor(out, ui::Cursor()));
}

void a_cursor_with_alpha_is_premultiplied(void**) {
    assert_written("00020000"
                   "00030001"
                   "fffffec6"
                   "00000000"
                   "102030ff"
                   "80402080"
                   "00000000",
                   append_cursor_with_alpha(
                       out, cursor(3, 1, {0xFF102030, 0x80FF8040, 0x00FFFFFF})));
    assert_written("0000000000000000"
                   "fffffec6"
                   "00000000",
                   append_cursor_with_alpha(out, ui::Cursor()));
}

void a_vmware_cursor_keeps_its_colours(void**) {
    assert_written("00010000"
                   "00020001"
                   "574d5664"
                   "0100"
                   "102030ff"
                   "ff804080",
                   append_vmware_cursor(out, cursor(2, 1, {0xFF102030, 0x80FF8040}),
                                        ui::PixelConverter()));
    assert_written("0000000000000000"
                   "574d5664"
                   "0100",
                   append_vmware_cursor(out, ui::Cursor(), ui::PixelConverter()));
}

// "VMware Cursor": dst = (dst & and-mask) ^ xor-mask, in the client's pixels
void a_vmware_cursor_that_inverts_is_two_masks(void**) {
    const auto inverting = *ui::Cursor::make_masked(3, 1, 2, 0, {0, 0xFFFFFF, 0xFFFFFF},
                                                    {0x102030, 0, 0xFFFFFF});
    const ui::PixelFormat big{32, 24, true, true, 255, 255, 255, 16, 8, 0},
        narrow{16, 16, true, true, 31, 63, 31, 11, 5, 0},
        map{8, 8, false, false, 0, 0, 0, 0, 0, 0};
    assert_written("00020000"
                   "00030001"
                   "574d5664"
                   "0000"
                   "0000000000ffffff00ffffff"
                   "001020300000000000ffffff",
                   append_vmware_cursor(out, inverting, ui::PixelConverter(big)));
    assert_written("00020000"
                   "00030001"
                   "574d5664"
                   "0000"
                   "0000ffffffff"
                   "11060000ffff",
                   append_vmware_cursor(out, inverting, ui::PixelConverter(narrow)));
    assert_written("00020000"
                   "00030001"
                   "574d5664"
                   "0000"
                   "00ffff"
                   "0800ff",
                   append_vmware_cursor(out, inverting, ui::PixelConverter(map)));
}

void positions_and_visibility(void**) {
    assert_written("0000000000000000"
                   "574d5665"
                   "0001",
                   append_vmware_cursor_state(out, true));
    assert_written("0000000000000000"
                   "574d5665"
                   "0000",
                   append_vmware_cursor_state(out, false));
    assert_written("0102ffff00000000"
                   "574d5666",
                   append_vmware_cursor_position(out, 0x0102, 0xFFFF));
    assert_written("0102ffff00000000"
                   "ffffff18",
                   append_pointer_position(out, 0x0102, 0xFFFF));
}

// CVE-12: the largest cursor there can be, in full
void the_largest_cursor_is_sent_whole(void**) {
    constexpr auto side = std::size_t(ui::max_cursor_dimension);
    const auto large = cursor(ui::max_cursor_dimension, ui::max_cursor_dimension,
                              std::vector<std::uint32_t>(side * side, 0xFFFFFFFF));
    Bytes out;
    append_cursor_with_alpha(out, large);
    assert_int_equal(out.size(), 12 + 4 + side * side * 4);
    out.clear();
    append_vmware_cursor(out, large, ui::PixelConverter());
    assert_int_equal(out.size(), 12 + 2 + side * side * 4);
    out.clear();
    append_x_cursor(out, large);
    assert_int_equal(out.size(), 12 + 6 + 2 * side * side / 8);
    assert_int_equal(out[12], 0xFF);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_has_pixels_and_a_mask_of_whole_bytes),
        cmocka_unit_test(a_cursor_fits_every_pixel_size),
        cmocka_unit_test(an_x_cursor_has_two_colours_bits_and_a_mask),
        cmocka_unit_test(an_x_cursor_of_one_colour_has_a_second_one),
        cmocka_unit_test(an_empty_x_cursor_has_no_colours),
        cmocka_unit_test(a_cursor_with_alpha_is_premultiplied),
        cmocka_unit_test(a_vmware_cursor_keeps_its_colours),
        cmocka_unit_test(a_vmware_cursor_that_inverts_is_two_masks),
        cmocka_unit_test(positions_and_visibility),
        cmocka_unit_test(the_largest_cursor_is_sent_whole),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
