// ZYWRLE, seen by a client that undoes its waves: how far from the picture, and where.
#include "ui/vnc/encodings/waves.hpp"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr ui::PixelFormat wavy_formats[] = {
    {32, 24, false, true, 255, 255, 255, 16, 8, 0},
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},
};

EncodeSettings waves(int level, ui::PixelFormat format = {}) {
    return {.format = format, .lossy = Lossy{.wavelet_level = level}};
}

/// Many colours that go over into each other.
std::shared_ptr<const ui::Frame> photograph(int width, int height) {
    return test::draw(width, height, [](int x, int y) {
        const auto wave = [&](double f, double g) {
            return std::uint32_t(127.5 + 120 * std::sin(x * f) * std::cos(y * g + 1));
        };
        return wave(.05, .03) << 16 | wave(.02, .07) << 8 | wave(.04, .05);
    });
}

double mean_distance(const test::Canvas& seen, const test::Canvas& meant) {
    double sum = 0;
    for (std::size_t i = 0; i < seen.pixels.size(); ++i)
        for (const int shift : {0, 8, 16})
            sum += std::abs(int(seen.pixels[i] >> shift & 0xFF) -
                            int(meant.pixels[i] >> shift & 0xFF));
    return sum / (3.0 * double(seen.pixels.size()));
}

int encoding_of(const Bytes& out) {
    return int(load_be<std::uint32_t>(out.data() + 8));
}

void photographs_come_out_alike(void**) {
    const auto frame = photograph(300, 200);
    const auto meant = test::canvas_of(*frame);
    const double bounds[] = {0, 3, 8, 15};
    for (const auto& format : wavy_formats)
        for (const int level : {1, 2, 3}) {
            test::EncodingCheck check(Encoding::ZYWRLE, waves(level, format), 300, 200);
            assert_true(check.send(*frame, frame->bounds()));
            assert_int_equal(encoding_of(check.out), 17);
            const auto mean = mean_distance(check.client().canvas(), meant);
            assert_true(mean <= bounds[level]);
        }
}

// What differs across, down and in both directions comes back where it was.
void stripes_keep_their_direction(void**) {
    const auto base = photograph(128, 128);
    for (const auto& [by_x, by_y] : {std::pair(1, 0), {0, 1}, {1, 1}}) {
        const auto frame = test::draw(128, 128, [&, by_x, by_y](int x, int y) {
            const bool is_light = ((x * by_x + y * by_y) & 1) != 0;
            return (base->row(y)[x] >> 1 & 0x7F7F7F) + (is_light ? 0x808080 : 0);
        });
        test::EncodingCheck check(Encoding::ZYWRLE, waves(1), 128, 128);
        assert_true(check.send(*frame, frame->bounds()));
        assert_true(mean_distance(check.client().canvas(), test::canvas_of(*frame)) <=
                    10);
    }
}

// V-16: every size; what is left over beside the waves is exact
void every_size_comes_through(void**) {
    const auto frame = photograph(65, 65);
    const auto meant = test::canvas_of(*frame);
    for (const auto& format : wavy_formats)
        for (const int level : {1, 2, 3}) {
            test::EncodingCheck check(Encoding::ZYWRLE, waves(level, format), 65, 65);
            for (int width = 1; width <= 65; ++width)
                for (const int height : test::sides) {
                    if (height == 0)
                        continue;
                    const ui::Rect rect{0, 0, width, height};
                    assert_true(check.send(*frame, rect));
                    const int side = 1 << level;
                    const int right = std::min(width, 64) / side * side;
                    const int bottom = std::min(height, 64) / side * side;
                    if (right < width)
                        assert_true(check.client().shows(
                            meant, {right, 0, width - right, height}));
                    if (bottom < height)
                        assert_true(check.client().shows(
                            meant, {0, bottom, width, height - bottom}));
                }
        }
}

// F-6: the rest of the screen is exact, and told apart
void only_tiles_of_many_colours_are_lossy(void**) {
    const auto frame = test::frame_of(*test::screen());
    const auto meant = test::canvas_of(*frame);
    std::size_t last = std::size_t(-1);
    for (const int level : {0, 1, 2, 3}) {
        EncoderSet encoders;
        auto& encoder = encoders.get(Encoding::ZYWRLE);
        auto settings = waves(level);
        settings.stream_begins = true;
        encoder.begin(settings);
        Bytes out;
        const auto count = encoder.encode(*frame, frame->bounds(), out);
        test::ClientPicture client(frame->width(), frame->height(), {});
        client.set_wave_level(level);
        assert_true(client.apply(out, count));
        ui::Region rest(frame->bounds());
        rest.subtract(encoder.lossy_area());
        for (const auto& rect : rest.rectangles())
            assert_true(client.shows(meant, rect));
        assert_int_equal(encoder.lossy_area().empty(), level == 0);
        assert_true(client.shows(meant, test::screen_text));
        assert_true(out.size() < last);
        last = out.size();
    }
}

// Nothing is lost where nothing may be, nor in formats whose bits are not known.
void others_see_each_pixel(void**) {
    const auto frame = photograph(130, 70);
    const auto expect_exact = [&](const EncodeSettings& settings) {
        test::EncodingCheck check(Encoding::ZYWRLE, settings, 130, 70);
        check.set_wave_level(3); // whatever the client thinks
        assert_true(check.shows(*frame, frame->bounds()));
        assert_int_equal(encoding_of(check.out), 17);
    };
    expect_exact({.format = {}, .lossy = {}});
    expect_exact(waves(0));
    for (const auto& format : test::client_formats)
        if (!Waves::fit(format))
            expect_exact(waves(3, format));
    assert_false(Waves::fit({32, 30, true, true, 1023, 1023, 1023, 0, 10, 20}));
    assert_false(Waves::fit({32, 24, false, true, 255, 255, 255, 24, 16, 8}));
    assert_false(Waves::fit({8, 8, false, true, 7, 7, 3, 0, 3, 6}));
    assert_false(Waves::fit({16, 12, false, true, 15, 15, 15, 0, 4, 8}));
    assert_false(Waves::fit({8, 8, false, false, 0, 0, 0, 0, 0, 0}));
}

// P-RFB-27: waves or not, in one stream
void what_rests_is_exact_in_the_same_stream(void**) {
    const auto frame = photograph(300, 200);
    test::EncodingCheck check(Encoding::ZYWRLE, waves(2), 300, 200);
    for (int i = 0; i < 5; ++i) {
        check.settings().lossy = Lossy{.wavelet_level = 2};
        assert_true(check.send(*frame, frame->bounds()));
        assert_false(check.client().shows(test::canvas_of(*frame), frame->bounds()));
        check.settings().lossy.reset();
        assert_true(check.shows(*frame, frame->bounds()));
    }
    assert_true(stream_of(Encoding::ZYWRLE) == Encoding::ZRLE);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(photographs_come_out_alike),
        cmocka_unit_test(stripes_keep_their_direction),
        cmocka_unit_test(every_size_comes_through),
        cmocka_unit_test(only_tiles_of_many_colours_are_lossy),
        cmocka_unit_test(others_see_each_pixel),
        cmocka_unit_test(what_rests_is_exact_in_the_same_stream),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
