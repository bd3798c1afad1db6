// ZRLE encoding, seen by a client that keeps one inflate stream.
#include "ui/vnc/encodings/zrle.hpp"

#include <utility>

#include "tests/support/heap.hpp"
#include "tests/ui/vnc/encodings/drawings.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

EncodeSettings level(int level, ui::PixelFormat format = {}) {
    return {.format = format, .compression_level = level, .lossy = {}};
}

test::EncodingCheck connection(const ui::Frame& frame, EncodeSettings settings) {
    return {Encoding::ZRLE, settings, frame.width(), frame.height()};
}

// V-16: every size and client format, in one stream per format
void a_client_sees_the_picture(void**) {
    assert_true(test::shows_everything(Encoding::ZRLE));
}

void every_number_of_colours_is_shown(void**) {
    for (const int colours : {1, 2, 3, 4, 5, 16, 17, 127, 128, 5000}) {
        const auto frame = test::draw_colours(130, 70, colours);
        for (const auto& format : test::client_formats)
            assert_true(
                connection(*frame, level(2, format)).shows(*frame, frame->bounds()));
    }
}

// P-RFB-27: the stream goes on through every change; level 0 is easy to tell by its size
void every_level_is_honoured(void**) {
    const auto frame = test::draw_text(400, 300);
    auto check = connection(*frame, level(0));
    assert_true(check.send(*frame, {0, 0, 1, 1})); // with the stream's header
    assert_true(check.send(*frame, frame->bounds()));
    const auto stored = check.out.size();
    for (const int chosen : {0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}) {
        check.settings().compression_level = chosen;
        assert_true(check.shows(*frame, frame->bounds()));
        assert_int_equal(check.out.size() == stored, chosen == 0);
    }
}

void desktops_are_shown(void**) {
    const auto frame = test::draw_desktop(500, 301);
    for (const auto& format : test::client_formats) {
        auto check = connection(*frame, level(1, format));
        assert_true(check.shows(*frame, frame->bounds()));
        assert_true(check.shows(*frame, {7, 9, 100, 90}));
    }
}

// O-13: the largest sizes
void the_longest_sides_are_shown(void**) {
    for (const auto& frame : {test::draw_text(16384, 3), test::draw_text(3, 16384)})
        assert_true(connection(*frame, level(1)).shows(*frame, frame->bounds()));
    const auto solid = test::draw_solid(16384, 1024, 0x102030);
    auto check = connection(*solid, level(1));
    assert_true(check.send(*solid, solid->bounds()));
    assert_true(check.out.size() < 1000);
}

// Several rectangles of one segment, segments of different encoders, one client
void segments_of_any_encoder_fit_a_stream(void**) {
    const auto frame = test::draw_desktop(300, 200);
    test::ClientPicture client(300, 200, {});
    ZrleEncoder encoders[3];
    bool is_first = true;
    for (int i = 0; i < 30; ++i) {
        auto settings = level(i % 10);
        settings.stream_begins = std::exchange(is_first, false);
        auto& encoder = encoders[i % 3];
        encoder.begin(settings);
        Bytes out;
        const ui::Rect rect{i, i, 300 - i, 100};
        std::size_t count = encoder.encode(*frame, rect, out);
        count += encoder.encode(*frame, {0, 0, 64, 8}, out);
        assert_true(client.apply(out, count));
        assert_true(client.shows(test::canvas_of(*frame), rect));
    }
}

void rectangles_allocate_nothing_once_the_first_is_done(void**) {
    const auto frame = test::draw_desktop(300, 200);
    ZrleEncoder encoder;
    Bytes out;
    out.reserve(1 << 20);
    const auto run = [&] {
        out.clear();
        encoder.begin(level(2));
        encoder.encode(*frame, frame->bounds(), out);
    };
    run();
    const auto before = test::heap_bytes();
    for (int i = 0; i < 20; ++i)
        run();
    assert_true(test::heap_bytes() == before);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(every_number_of_colours_is_shown),
        cmocka_unit_test(every_level_is_honoured),
        cmocka_unit_test(desktops_are_shown),
        cmocka_unit_test(the_longest_sides_are_shown),
        cmocka_unit_test(segments_of_any_encoder_fit_a_stream),
        cmocka_unit_test(rectangles_allocate_nothing_once_the_first_is_done),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
