// The tiles of TRLE and ZRLE: which kind is chosen, and that it is the smallest.
#include "ui/vnc/encodings/zrle-tile.hpp"

#include <algorithm>
#include <array>

#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

/// One tile as bytes, its type first.
Bytes tile_of(const ui::Frame& frame, const ui::PixelFormat& format = {},
              ui::Rect rect = {}) {
    static ZrleTile tile;
    static std::array<std::byte, ZrleTile::max_bytes> bytes;
    tile.begin(format, ZrleTile::Palettes::own);
    if (rect.empty())
        rect = frame.bounds();
    const auto* const end = tile.encode(frame, rect, bytes.data());
    return {static_cast<const std::byte*>(bytes.data()), end};
}

void the_smallest_kind_is_chosen(void**) {
    struct {
        std::shared_ptr<const ui::Frame> frame;
        int type;
        std::size_t bytes;
    } const rows[] = {
        {test::draw_solid(64, 64, 0x123456), 1, 1 + 3},
        {test::draw_colours(64, 64, 2), 2, 1 + 2 * 3 + 64 * 8},
        {test::draw_colours(64, 64, 4), 4, 1 + 4 * 3 + 64 * 16},
        {test::draw_colours(64, 64, 5), 5, 1 + 5 * 3 + 64 * 32},
        {test::draw_colours(64, 64, 16), 16, 1 + 16 * 3 + 64 * 32},
        {test::draw_colours(65, 3, 5), 5, 1 + 5 * 3 + 3 * 32},
        {test::draw_colours(63, 3, 2), 2, 1 + 2 * 3 + 3 * 8},
        {test::frame_of(*test::picture(64, 64, 0, test::Content::noise)), 0,
         1 + 64 * 64 * 3},
        // Two runs, of 2048 each: eight times 255, and 7
        {test::draw(64, 64, [](int, int y) { return y < 32 ? 1u : 2u; }), 128,
         1 + 2 * (3 + 9)},
        // Eight runs of three colours
        {test::draw(64, 64, [](int, int y) { return y / 8 % 3 + 1u; }), 131,
         1 + 3 * 3 + 8 * (1 + 3)},
    };
    for (const auto& row : rows) {
        const auto tile =
            tile_of(*row.frame, {},
                    {0, 0, std::min(64, row.frame->width()), row.frame->height()});
        assert_int_equal(int(tile[0]), row.type);
        assert_int_equal(tile.size(), row.bytes);
    }
}

// CVE-29: palettes at and beyond their largest sizes
void palettes_have_up_to_127_colours(void**) {
    for (const int colours : {17, 126, 127, 128, 129}) {
        const auto frame = test::draw_colours(64, 64, colours);
        const auto tile = tile_of(*frame);
        assert_int_equal(int(tile[0]), colours <= 127 ? 128 + colours : 0);
    }
}

// O-51: no tile is larger than its pixels and their type
void no_tile_is_larger_than_its_pixels(void**) {
    for (int colours = 1; colours < 300; ++colours) {
        const auto frame = test::draw_colours(33, 5, colours);
        for (const auto& format : test::client_formats)
            assert_true(tile_of(*frame, format).size() <=
                        1 + 33 * 5 * std::size_t(format.bits_per_pixel / 8));
    }
}

// CPIXEL: three bytes if 32 bits hold 24 or less, in the lower or upper part
void pixels_are_as_short_as_the_text_says(void**) {
    struct {
        ui::PixelFormat format;
        std::vector<int> bytes; // of colour 0x102030, behind the type
    } const rows[] = {
        {{32, 24, false, true, 255, 255, 255, 16, 8, 0}, {0x30, 0x20, 0x10}},
        {{32, 24, true, true, 255, 255, 255, 16, 8, 0}, {0x10, 0x20, 0x30}},
        {{32, 24, false, true, 255, 255, 255, 24, 16, 8}, {0x30, 0x20, 0x10}},
        {{32, 24, true, true, 255, 255, 255, 24, 16, 8}, {0x10, 0x20, 0x30}},
        // Spread over all four bytes
        {{32, 24, false, true, 255, 255, 255, 24, 8, 0}, {0x30, 0x20, 0, 0x10}},
        // Deeper than 24
        {{32, 32, false, true, 255, 255, 255, 16, 8, 0}, {0x30, 0x20, 0x10, 0}},
        // Both parts would do
        {{32, 15, false, true, 31, 31, 31, 18, 13, 8}, {0, 0xC6 - 0x40, 0x08}},
        {{16, 16, false, true, 31, 63, 31, 11, 5, 0}, {0x06, 0x11}},
        {{8, 8, false, true, 7, 7, 3, 0, 3, 6}, {0x08}},
    };
    const auto frame = test::draw_solid(4, 4, 0x102030);
    for (const auto& row : rows) {
        const auto tile = tile_of(*frame, row.format);
        assert_int_equal(tile.size(), 1 + row.bytes.size());
        for (std::size_t i = 0; i < row.bytes.size(); ++i)
            assert_int_equal(int(tile[1 + i]), row.bytes[i]);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_kind_is_chosen),
        cmocka_unit_test(palettes_have_up_to_127_colours),
        cmocka_unit_test(no_tile_is_larger_than_its_pixels),
        cmocka_unit_test(pixels_are_as_short_as_the_text_says),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
