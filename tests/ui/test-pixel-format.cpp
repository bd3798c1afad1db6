// Pixel formats: which are refused, and what pixels become.
#include "ui/pixel-format.hpp"

#include <utility>
#include <vector>

#include "io/base/bytes.hpp"
#include "tests/support/rfb-decoder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

PixelFormat rgb565(bool big_endian) {
    return {16, 16, big_endian, true, 31, 63, 31, 11, 5, 0};
}

// CVE-03: only whole pixels of 1, 2 or 4 bytes
void refuses_odd_pixel_sizes(void**) {
    for (int bits = 0; bits < 256; ++bits) {
        PixelFormat format{std::uint8_t(bits), 8, false, true, 7, 7, 3, 0, 3, 6};
        const bool usable = bits == 8 || bits == 16 || bits == 32;
        assert_int_equal(check(format).has_value(), usable);
        format.true_colour = false;
        assert_int_equal(check(format).has_value(), usable);
    }
}

// CVE-06, TRAP-21, O-12: every channel is a field inside the pixel, and its own
void refuses_channels_that_are_no_fields(void**) {
    struct Row {
        PixelFormat format;
        bool usable;
    };
    const Row rows[] = {
        {server_native(), true},
        {rgb565(false), true},
        {rgb565(true), true},
        {{8, 8, false, true, 7, 7, 3, 0, 3, 6}, true},
        {{8, 3, false, true, 1, 1, 1, 2, 1, 0}, true},
        {{32, 30, false, true, 1023, 1023, 1023, 20, 10, 0}, true},
        {{32, 24, false, true, 255, 255, 255, 24, 16, 8}, true},
        {{32, 32, false, true, 65535, 255, 255, 16, 8, 0}, true},
        {{32, 0, false, true, 255, 255, 255, 16, 8, 0}, true},
        {{16, 16, false, true, 15, 15, 15, 12, 4, 0}, true},
        // no bits at all
        {{32, 24, false, true, 0, 255, 255, 16, 8, 0}, false},
        {{32, 24, false, true, 255, 0, 255, 16, 8, 0}, false},
        {{32, 24, false, true, 255, 255, 0, 16, 8, 0}, false},
        {{32, 24, false, true, 0, 0, 0, 0, 0, 0}, false},
        // not 2^n - 1
        {{32, 24, false, true, 254, 255, 255, 16, 8, 0}, false},
        {{32, 24, false, true, 255, 128, 255, 16, 8, 0}, false},
        {{32, 24, false, true, 255, 255, 5, 16, 8, 0}, false},
        {{32, 24, false, true, 65534, 255, 255, 16, 8, 0}, false},
        // outside the pixel
        {{32, 24, false, true, 255, 255, 255, 25, 8, 0}, false},
        {{32, 24, false, true, 255, 255, 255, 32, 8, 0}, false},
        {{32, 24, false, true, 255, 255, 255, 255, 8, 0}, false},
        {{32, 24, false, true, 255, 255, 255, 16, 8, 64}, false},
        {{16, 16, false, true, 31, 63, 31, 12, 5, 0}, false},
        {{16, 16, false, true, 255, 255, 255, 16, 8, 0}, false},
        {{8, 8, false, true, 7, 7, 7, 6, 3, 0}, false},
        // on top of each other
        {{32, 24, false, true, 255, 255, 255, 16, 8, 7}, false},
        {{32, 24, false, true, 255, 255, 255, 8, 8, 0}, false},
        {{32, 24, false, true, 255, 255, 255, 0, 8, 0}, false},
        {{16, 16, false, true, 31, 63, 31, 10, 5, 0}, false},
        // deeper than wide
        {{32, 33, false, true, 255, 255, 255, 16, 8, 0}, false},
        {{16, 24, false, true, 31, 63, 31, 11, 5, 0}, false},
        // a colour map needs no channels
        {{8, 8, false, false, 0, 0, 0, 255, 255, 255}, true},
        {{16, 8, true, false, 0, 0, 0, 0, 0, 0}, true},
        {{8, 9, false, false, 0, 0, 0, 0, 0, 0}, false},
        {{1, 1, false, false, 0, 0, 0, 0, 0, 0}, false},
    };
    for (const auto& row : rows) {
        const auto checked = check(row.format);
        assert_int_equal(checked.has_value(), row.usable);
        if (!checked)
            assert_true(checked.error().kind == ErrorKind::protocol);
    }
}

struct Golden {
    PixelFormat format;
    std::vector<int> bytes; // of the pixel 0xAB123456
};

// V-25: one pixel in each size and byte order
void converts_a_pixel_to_the_expected_bytes(void**) {
    const Golden rows[] = {
        {{32, 24, false, true, 255, 255, 255, 16, 8, 0}, {0x56, 0x34, 0x12, 0x00}},
        {{32, 24, true, true, 255, 255, 255, 16, 8, 0}, {0x00, 0x12, 0x34, 0x56}},
        {{32, 24, false, true, 255, 255, 255, 0, 8, 16}, {0x12, 0x34, 0x56, 0x00}},
        {{32, 24, true, true, 255, 255, 255, 24, 16, 8}, {0x12, 0x34, 0x56, 0x00}},
        {{32, 24, false, true, 255, 255, 255, 24, 16, 8}, {0x00, 0x56, 0x34, 0x12}},
        // 0x12 >> 3 = 2, 0x34 >> 2 = 13, 0x56 >> 3 = 10: 0x11AA
        {rgb565(false), {0xAA, 0x11}},
        {rgb565(true), {0x11, 0xAA}},
        // 0x12 >> 5 = 0, 0x34 >> 5 = 1, 0x56 >> 6 = 1
        {{8, 8, false, true, 7, 7, 3, 0, 3, 6}, {0x48}},
        {{8, 8, true, true, 7, 7, 3, 0, 3, 6}, {0x48}},
        // ten bits: 0x12 -> 0x048, 0x34 -> 0x0D0, 0x56 -> 0x159
        {{32, 30, true, true, 1023, 1023, 1023, 20, 10, 0}, {0x04, 0x83, 0x41, 0x59}},
        // colour map indices: 0x48 in one, two and four bytes
        {{8, 8, false, false, 0, 0, 0, 0, 0, 0}, {0x48}},
        {{16, 8, true, false, 0, 0, 0, 0, 0, 0}, {0x00, 0x48}},
        {{32, 8, false, false, 0, 0, 0, 0, 0, 0}, {0x48, 0x00, 0x00, 0x00}},
    };
    for (const auto& row : rows) {
        const std::uint32_t pixel = 0xAB123456;
        const PixelConverter converter(row.format);
        assert_int_equal(converter.bytes_per_pixel(), row.bytes.size());
        std::byte bytes[4];
        converter.convert({&pixel, 1}, bytes);
        for (std::size_t i = 0; i < row.bytes.size(); ++i)
            assert_int_equal(int(bytes[i]), row.bytes[i]);
    }
}

std::vector<std::uint32_t> many_colours() {
    std::vector<std::uint32_t> colours;
    for (std::uint32_t value = 0; value < 256; ++value)
        for (const auto colour : {value << 16, value << 8, value, value * 0x010101})
            colours.push_back(colour | 0xA5000000);
    return colours;
}

constexpr PixelFormat sample_formats[] = {
    {32, 24, false, true, 255, 255, 255, 16, 8, 0},
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},
    {32, 24, true, true, 255, 255, 255, 8, 16, 24},
    {32, 30, false, true, 1023, 1023, 1023, 0, 10, 20},
    {32, 32, true, true, 65535, 255, 127, 16, 8, 0},
    {32, 9, false, true, 1, 15, 15, 31, 7, 0},
    {16, 16, false, true, 31, 63, 31, 11, 5, 0},
    {16, 16, true, true, 31, 31, 31, 0, 5, 10},
    {16, 12, true, true, 15, 15, 15, 8, 4, 0},
    {16, 16, false, true, 4095, 3, 3, 4, 2, 0},
    {8, 8, false, true, 7, 7, 3, 5, 2, 0},
    {8, 3, true, true, 1, 1, 1, 7, 0, 3},
    {8, 6, false, true, 3, 3, 3, 4, 2, 0},
};

// V-25: all values of every channel, at every alignment, through a client's eyes
void a_client_sees_the_colours_it_can_show(void**) {
    const auto colours = many_colours();
    for (const auto& format : sample_formats) {
        assert_true(check(format).has_value());
        const test::RfbDecoder decoder(format);
        const PixelConverter converter(format);
        const std::size_t size = colours.size() * converter.bytes_per_pixel();
        for (std::size_t offset = 0; offset < 4; ++offset) {
            Bytes bytes(size + offset + 1, std::byte(0xEE));
            converter.convert(colours, bytes.data() + offset);
            const auto seen =
                *decoder.raw(ByteView(bytes).subspan(offset, size), colours.size());
            for (std::size_t i = 0; i < colours.size(); ++i)
                assert_int_equal(seen[i], decoder.reduced(colours[i] & 0xFFFFFF));
            assert_int_equal(int(bytes.back()), 0xEE);
        }
    }
}

void black_and_white_stay_what_they_are(void**) {
    for (const auto& format : sample_formats) {
        const PixelConverter converter(format);
        const std::uint32_t all = std::uint32_t(format.red_max) << format.red_shift |
                                  std::uint32_t(format.green_max) << format.green_shift |
                                  std::uint32_t(format.blue_max) << format.blue_shift;
        assert_int_equal(converter.value(0xFFFFFF), all);
        assert_int_equal(converter.value(0xFF000000), 0);
    }
}

void one_value_is_what_rows_hold(void**) {
    for (auto format : sample_formats) {
        format.big_endian = false;
        const PixelConverter converter(format);
        for (const auto colour : many_colours()) {
            std::byte bytes[4] = {};
            converter.convert({&colour, 1}, bytes);
            std::uint32_t value = 0;
            for (std::size_t i = 0; i < 4; ++i)
                value |= std::uint32_t(bytes[i]) << 8 * i;
            assert_int_equal(value, converter.value(colour));
        }
    }
}

void only_our_own_format_needs_no_conversion(void**) {
    assert_true(PixelConverter().is_identity());
    auto other = server_native();
    other.big_endian = !other.big_endian;
    assert_false(PixelConverter(other).is_identity());
    other = server_native();
    std::swap(other.red_shift, other.blue_shift);
    assert_false(PixelConverter(other).is_identity());
    other.true_colour = false;
    assert_false(PixelConverter(other).is_identity());
}

void the_colour_map_shows_what_its_indices_mean(void**) {
    const auto map = colour_map();
    assert_true(map[0] == (ColourMapEntry{0, 0, 0}));
    assert_true(map[255] == (ColourMapEntry{65535, 65535, 65535}));
    assert_true(map[7] == (ColourMapEntry{65535, 0, 0}));
    assert_true(map[7 << 3] == (ColourMapEntry{0, 65535, 0}));
    assert_true(map[3 << 6] == (ColourMapEntry{0, 0, 65535}));
    for (const std::uint8_t bits : {8, 16, 32}) {
        const PixelFormat format{bits, 8, true, false, 0, 0, 0, 0, 0, 0};
        test::RfbDecoder decoder(format);
        decoder.set_colour_map(map);
        for (const auto colour : many_colours()) {
            std::byte bytes[4];
            PixelConverter(format).convert({&colour, 1}, bytes);
            assert_int_equal(decoder.colour(bytes), decoder.reduced(colour & 0xFFFFFF));
        }
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(refuses_odd_pixel_sizes),
        cmocka_unit_test(refuses_channels_that_are_no_fields),
        cmocka_unit_test(converts_a_pixel_to_the_expected_bytes),
        cmocka_unit_test(a_client_sees_the_colours_it_can_show),
        cmocka_unit_test(black_and_white_stay_what_they_are),
        cmocka_unit_test(one_value_is_what_rows_hold),
        cmocka_unit_test(only_our_own_format_needs_no_conversion),
        cmocka_unit_test(the_colour_map_shows_what_its_indices_mean),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
