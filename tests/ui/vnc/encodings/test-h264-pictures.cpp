// H.264: what a decoder that is none of ours makes of it, and when it begins anew.
#include "ui/vnc/encodings/h264-pictures.hpp"

#include <cmath>

#include "tests/support/decoders/h264-decoder.hpp"
#include "tests/support/film.hpp"
#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "ui/vnc/rfb/types.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

std::shared_ptr<const ui::Frame> film(int width, int height, int number) {
    return test::draw(width, height,
                      [=](int x, int y) { return test::film_at(x, y, number); });
}

/// Of all channels, in decibels; 99 if there is no difference.
double psnr(const ui::Frame& frame, const test::Canvas& canvas, const ui::Rect& rect) {
    double squares = 0;
    for (int y = rect.y; y < rect.y + rect.height; ++y)
        for (int x = rect.x; x < rect.x + rect.width; ++x)
            for (const int shift : {0, 8, 16}) {
                const auto seen = canvas.pixels[std::size_t(y * canvas.width + x)];
                const int by =
                    int(frame.row(y)[x] >> shift & 255) - int(seen >> shift & 255);
                squares += by * by;
            }
    const double mean = squares / (3. * rect.width * rect.height);
    return mean == 0 ? 99 : 10 * std::log10(255 * 255 / mean);
}

/// One connection: the sequence that is running, and the client behind it.
struct Watcher {
    test::Canvas canvas;
    test::H264Decoder decoder;
    test::RfbDecoder pixels{ui::server_native()};
    std::size_t bytes = 0; // of the last rectangle, in all
    std::uint32_t flags = 0;
    test::H264Units units;

    Watcher(int width, int height) : canvas(width, height) {}

    /// Takes the next picture; false if the client cannot read it.
    bool watch(H264Pictures& pictures, const ui::Frame& frame) {
        Bytes out;
        if (!pictures.append(frame, out))
            return false;
        bytes = out.size();
        ByteReader in(out);
        in.take_bytes(12);
        flags = load_be<std::uint32_t>(out.data() + 16);
        units = test::H264Units::of(ByteView(out).subspan(20));
        return decoder.decode(in, pictures.rect(), pixels, canvas) ==
                   test::Decoded::done &&
               in.remaining() == 0;
    }
};

// Every even size there may be around blocks of 16, cut out anywhere; of 1280x800, too.
void pictures_of_every_size_come_through(void**) {
    const auto frame = film(80, 80, 0), next = film(80, 80, 1);
    for (int width = 16; width <= 66; width += 2)
        for (int height = 16; height <= 66; height += width % 8 == 0 ? 2 : 14) {
            const ui::Rect rect{80 - width - 3, 80 - height - 5, width, height};
            Watcher client(80, 80);
            H264Pictures pictures(rect, 90);
            for (const auto& picture : {frame, next}) {
                assert_true(client.watch(pictures, *picture));
                assert_true(psnr(*picture, client.canvas, rect) > 32);
            }
        }
    const auto large = film(1280, 800, 0);
    Watcher client(1280, 800);
    H264Pictures pictures(large->bounds(), 90);
    assert_true(client.watch(pictures, *large));
    assert_true(psnr(*large, client.canvas, large->bounds()) > 32);
}

void each_picture_of_a_long_film_is_near(void**) {
    Watcher client(320, 176);
    H264Pictures pictures({0, 0, 320, 176}, 76);
    std::size_t first = 0;
    for (int i = 0; i < 60; ++i) {
        const auto frame = film(320, 176, i);
        assert_true(client.watch(pictures, *frame));
        assert_true(psnr(*frame, client.canvas, frame->bounds()) > 30);
        assert_int_equal(client.units.is_key(), i == 0);
        assert_int_equal(client.flags,
                         i == 0 ? h264_reset_context | h264_reset_all_contexts : 0u);
        first = i == 0 ? client.bytes : first;
    }
    assert_true(client.bytes < first); // moved, not made anew
}

void what_stands_still_takes_hardly_a_byte(void**) {
    const auto frame = film(320, 176, 0);
    Watcher client(320, 176);
    H264Pictures pictures(frame->bounds(), 76);
    for (int i = 0; i < 5; ++i)
        assert_true(client.watch(pictures, *frame));
    assert_true(client.bytes < 200);
}

void better_quality_is_nearer_and_larger(void**) {
    const auto frame = film(320, 176, 0);
    double nearest = 0;
    std::size_t bytes = 0;
    for (const int quality : {1, 30, 65, 100}) {
        Watcher client(320, 176);
        H264Pictures pictures(frame->bounds(), quality);
        assert_true(client.watch(pictures, *frame));
        const auto found = psnr(*frame, client.canvas, frame->bounds());
        assert_true(found > nearest && client.bytes > bytes);
        nearest = found;
        bytes = client.bytes;
    }
}

void colours_are_what_they_were(void**) {
    for (const std::uint32_t colour :
         {0x000000u, 0xFFFFFFu, 0xFF0000u, 0x00FF00u, 0x0000FFu, 0x808080u, 0xC08040u}) {
        const auto frame = test::draw_solid(32, 32, colour);
        Watcher client(32, 32);
        H264Pictures pictures(frame->bounds(), 96);
        assert_true(client.watch(pictures, *frame));
        assert_true(psnr(*frame, client.canvas, frame->bounds()) > 38);
    }
}

// Moved, of another size, or at the same place again: the client forgets the old one.
void a_new_place_begins_anew_and_takes_over(void**) {
    const auto frame = film(300, 300, 0);
    Watcher client(300, 300);
    for (const auto& rect : {ui::Rect{0, 0, 64, 64}, ui::Rect{2, 0, 64, 64},
                             ui::Rect{2, 0, 66, 64}, ui::Rect{2, 0, 66, 64}}) {
        H264Pictures pictures(rect, 90);
        for (int i = 0; i < 3; ++i) {
            assert_true(client.watch(pictures, *frame));
            assert_int_equal(client.decoder.contexts(), 1);
            assert_int_equal(client.units.is_key(), i == 0);
            assert_true(psnr(*frame, client.canvas, rect) > 32);
        }
    }
}

void places_that_cannot_be_shown_are_known(void**) {
    constexpr struct {
        int width, height;
        bool can;
    } cases[] = {
        {16, 16, true},        {14, 16, false},     {16, 14, false},
        {17, 16, false},       {16, 17, false},     {3840, 2160, true},
        {3842, 2160, false},   {3840, 2162, false}, {1280, 800, true},
        {16384, 16384, false},
    };
    for (const auto& c : cases)
        assert_int_equal(H264Pictures::can_show({5, 7, c.width, c.height}), c.can);
}

void the_largest_place_can_be_shown(void**) {
    const auto frame = test::draw_solid(3840, 2160, 0x405060);
    Watcher client(3840, 2160);
    H264Pictures pictures(frame->bounds(), 50);
    assert_true(client.watch(pictures, *frame));
}

} // namespace

int main() {
    if (!H264Compressor::is_built_in() || !test::can_read_h264())
        return 77; // skipped
    const CMUnitTest tests[] = {
        cmocka_unit_test(pictures_of_every_size_come_through),
        cmocka_unit_test(each_picture_of_a_long_film_is_near),
        cmocka_unit_test(what_stands_still_takes_hardly_a_byte),
        cmocka_unit_test(better_quality_is_nearer_and_larger),
        cmocka_unit_test(colours_are_what_they_were),
        cmocka_unit_test(a_new_place_begins_anew_and_takes_over),
        cmocka_unit_test(places_that_cannot_be_shown_are_known),
        cmocka_unit_test(the_largest_place_can_be_shown),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
