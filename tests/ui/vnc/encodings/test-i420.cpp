// Pictures as video has them, against the formulas of BT.601.
#include "ui/vnc/encodings/i420.hpp"

#include <cmath>
#include <random>

#include "tests/ui/vnc/encodings/drawings.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

struct Colour {
    double y = 0, cb = 0, cr = 0;
};

Colour colour_of(std::uint32_t pixel) {
    const double r = pixel >> 16 & 255, g = pixel >> 8 & 255, b = pixel & 255;
    const double light = .299 * r + .587 * g + .114 * b;
    return {16 + light * 219 / 255, 128 + (b - light) / 1.772 * 224 / 255,
            128 + (r - light) / 1.402 * 224 / 255};
}

bool is_near(double expected, std::uint8_t found) {
    return std::abs(expected - found) <= .51;
}

// Sizes around vectors, at places that are aligned to nothing.
void planes_are_as_the_formulas_say(void**) {
    std::mt19937 random(4);
    const auto frame =
        test::draw(150, 90, [&](int, int) { return std::uint32_t(random()) & 0xFFFFFF; });
    I420 picture;
    for (const int width : {2, 4, 14, 16, 18, 30, 34, 62, 66, 130})
        for (const int height : {2, 4, 16, 18, 66}) {
            const ui::Rect rect{5, 7, width, height};
            picture.load(*frame, rect);
            assert_true(picture.width() == width && picture.height() == height);
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x) {
                    const auto pixel = frame->row(rect.y + y)[rect.x + x];
                    assert_true(is_near(
                        colour_of(pixel).y,
                        picture.plane(
                            0)[std::size_t(y) * picture.stride(0) + std::size_t(x)]));
                }
            for (int y = 0; y < height; y += 2)
                for (int x = 0; x < width; x += 2) {
                    Colour mean;
                    for (const int i : {0, 1, 2, 3}) {
                        const auto one =
                            colour_of(frame->row(rect.y + y + i / 2)[rect.x + x + i % 2]);
                        mean.cb += one.cb / 4;
                        mean.cr += one.cr / 4;
                    }
                    const auto at =
                        std::size_t(y / 2) * picture.stride(1) + std::size_t(x / 2);
                    assert_true(is_near(mean.cb, picture.plane(1)[at]));
                    assert_true(is_near(mean.cr, picture.plane(2)[at]));
                }
        }
}

void the_ends_of_the_ranges_are_reached_and_kept(void**) {
    constexpr struct {
        std::uint32_t pixel;
        int y, cb, cr;
    } cases[] = {
        {0x000000, 16, 128, 128}, {0xFFFFFF, 235, 128, 128}, {0x0000FF, 41, 240, 110},
        {0xFF0000, 81, 90, 240},  {0xFFFF00, 210, 16, 146},  {0x00FFFF, 170, 166, 16},
    };
    for (const auto& c : cases) {
        I420 picture;
        picture.load(*test::draw_solid(2, 2, c.pixel), {0, 0, 2, 2});
        assert_int_equal(picture.plane(0)[0], c.y);
        assert_int_equal(picture.plane(1)[0], c.cb);
        assert_int_equal(picture.plane(2)[0], c.cr);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(planes_are_as_the_formulas_say),
        cmocka_unit_test(the_ends_of_the_ranges_are_reached_and_kept),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
