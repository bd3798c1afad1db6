// Tight encoding, seen by a client that keeps four inflate streams.
#include "ui/vnc/encodings/tight.hpp"

#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr std::size_t header_bytes = 12;

EncodeSettings level(int level) {
    return {.format = {}, .compression_level = level, .lossy = {}};
}

/// The same, for a client that can undo guesses.
EncodeSettings guessing(int chosen) {
    auto settings = level(chosen);
    settings.knows_tight_gradient = true;
    return settings;
}

/// A pixel for each place.
template <class Colour>
std::shared_ptr<const ui::Frame> frame_of(int width, int height, Colour&& colour) {
    const auto surface = *ui::Surface::create(width, height, PIXMAN_x8r8g8b8);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            reinterpret_cast<std::uint32_t*>(surface->row(y))[x] = colour(x, y);
    return test::frame_of(*surface);
}

/// The control byte of the first rectangle, without the resets.
int control(const Bytes& out) {
    return int(out[header_bytes]) & 0xF0;
}

// V-16, V-25, O-11: every size and client format
void a_client_sees_the_picture(void**) {
    for (const int chosen : {0, 2, 5, 9})
        assert_true(test::shows_everything(Encoding::Tight, chosen));
}

// CVE-06: what a client says of its colours is never a divisor, nor looked at without
// need
void clients_without_true_colours_see_the_picture(void**) {
    const auto frame = test::frame_of(*test::picture(65, 33, 0, test::Content::runs));
    auto settings = level(5);
    settings.format = {8, 8, false, false, 0, 0, 0, 0, 0, 0};
    TightEncoder encoder;
    encoder.begin(settings);
    Bytes out;
    const auto count = encoder.encode(*frame, frame->bounds(), out);
    test::ClientPicture client(65, 33, settings.format);
    assert_true(client.apply(out, count));
}

// O-51, CVE-29: palettes around the borders of each kind
void each_number_of_colours_has_its_kind(void**) {
    const struct {
        unsigned colours;
        int control;
    } rows[] = {{1, 0x80}, {2, 0x50}, {3, 0x60}, {17, 0x60}, {256, 0x60}, {257, 0x00}};
    for (const auto& row : rows) {
        const auto frame = frame_of(128, 64, [&](int x, int y) {
            return unsigned(x * 37 + y * 101) % row.colours * 0x37FB51 & 0xFFFFFF;
        });
        test::EncodingCheck check(Encoding::Tight, level(2), 128, 64);
        assert_true(check.shows(*frame, frame->bounds()));
        assert_int_equal(control(check.out), row.control);
    }
}

void smooth_pictures_are_guessed_and_noise_is_not(void**) {
    const auto smooth = frame_of(300, 40, [](int x, int y) {
        return unsigned(x * 255 / 300) << 16 | unsigned(y * 6) << 8 |
               unsigned((x + y) / 2);
    });
    const auto noise = test::frame_of(*test::picture(300, 40, 0, test::Content::noise));
    test::EncodingCheck check(Encoding::Tight, guessing(2), 300, 40);
    assert_true(check.shows(*smooth, smooth->bounds()));
    assert_int_equal(control(check.out), 0x70);
    assert_true(check.out.size() < 300 * 40 / 4);
    assert_true(check.shows(*noise, noise->bounds()));
    assert_int_equal(control(check.out), 0x00);
    check.settings().knows_tight_gradient = false;
    assert_true(check.shows(*smooth, smooth->bounds()));
    assert_int_equal(control(check.out), 0x00);
}

// F-6: the guesses of every client format that may have them
void guessing_clients_see_the_picture(void**) {
    for (const auto& format : test::client_formats) {
        auto settings = guessing(2);
        settings.format = format;
        test::EncodingCheck check(Encoding::Tight, settings, 1280, 800);
        const auto frame = test::frame_of(*test::screen());
        assert_true(check.shows(*frame, frame->bounds()));
    }
}

// O-13: guesses in pictures of one row, one column
void the_narrowest_smooth_pictures_come_through(void**) {
    const auto frame = frame_of(2048, 600, [](int x, int y) {
        return unsigned(x / 8 & 0xFF) << 16 | unsigned(y / 3 & 0xFF) << 8 | 5;
    });
    test::EncodingCheck check(Encoding::Tight, guessing(9), 2048, 600);
    for (const auto& rect : {ui::Rect{0, 0, 1, 600}, ui::Rect{0, 0, 2048, 1},
                             ui::Rect{3, 1, 2, 599}, ui::Rect{7, 5, 1, 1}})
        assert_true(check.shows(*frame, rect));
}

// P-RFB-28: no rectangle is wider than 2048, and no length exceeds 22 bits
void large_pictures_come_in_pieces(void**) {
    for (const auto content : {test::Content::noise, test::Content::runs}) {
        const auto frame = test::frame_of(*test::picture(5000, 300, 0, content));
        for (const int chosen : {0, 1, 9}) {
            test::EncodingCheck check(Encoding::Tight, level(chosen), 5000, 300);
            assert_true(check.shows(*frame, frame->bounds()));
            assert_true(check.rectangles > 3);
        }
    }
}

void a_solid_area_of_any_size_costs_little(void**) {
    const auto frame = frame_of(4000, 3000, [](int, int) { return 0x123456u; });
    test::EncodingCheck check(Encoding::Tight, level(2), 4000, 3000);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_true(check.rectangles <= 6);
    assert_int_equal(check.out.size(), check.rectangles * (header_bytes + 1 + 3));
}

// P-RFB-27, V-14: whatever was sent before, in whatever order, the next segment can be
// read
void segments_of_any_encoder_follow_each_other(void**) {
    const auto frame = test::frame_of(*test::screen());
    const auto shown = test::canvas_of(*frame);
    test::ClientPicture client(1280, 800, {});
    TightEncoder encoders[3];
    for (int i = 0; i < 40; ++i) {
        auto& encoder = encoders[i % 3];
        encoder.begin(level(i % 10));
        Bytes out;
        const ui::Rect first{i * 7, i * 5, 300, 90}, second{i * 20, i * 15, 400, 60};
        auto count = encoder.encode(*frame, first, out);
        count += encoder.encode(*frame, second, out);
        assert_true(client.apply(out, count));
        assert_true(client.shows(shown, first) && client.shows(shown, second));
    }
}

void begun_segments_may_be_left_unused(void**) {
    const auto frame = test::frame_of(*test::screen());
    test::EncodingCheck check(Encoding::Tight, level(3), 1280, 800);
    TightEncoder encoder;
    for (int i = 0; i < 3; ++i)
        encoder.begin(level(i));
    Bytes out;
    const auto count = encoder.encode(*frame, {100, 60, 50, 50}, out);
    test::ClientPicture client(1280, 800, {});
    assert_true(client.apply(out, count));
}

void the_highest_level_is_the_smallest(void**) {
    const auto frame = test::frame_of(*test::screen());
    std::size_t last = std::size_t(-1);
    for (const int chosen : {0, 1, 9}) {
        test::EncodingCheck check(Encoding::Tight, level(chosen), 1280, 800);
        assert_true(check.shows(*frame, frame->bounds()));
        assert_true(check.out.size() < last);
        last = check.out.size();
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(clients_without_true_colours_see_the_picture),
        cmocka_unit_test(each_number_of_colours_has_its_kind),
        cmocka_unit_test(smooth_pictures_are_guessed_and_noise_is_not),
        cmocka_unit_test(guessing_clients_see_the_picture),
        cmocka_unit_test(the_narrowest_smooth_pictures_come_through),
        cmocka_unit_test(large_pictures_come_in_pieces),
        cmocka_unit_test(a_solid_area_of_any_size_costs_little),
        cmocka_unit_test(segments_of_any_encoder_follow_each_other),
        cmocka_unit_test(begun_segments_may_be_left_unused),
        cmocka_unit_test(the_highest_level_is_the_smallest),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
