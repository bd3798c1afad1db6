// Zlib encoding, seen by a client that keeps one inflate stream.
#include "ui/vnc/encodings/zlib.hpp"

#include <type_traits>

#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

static_assert(!std::is_copy_constructible_v<ZlibEncoder>);
static_assert(!std::is_move_constructible_v<ZlibEncoder>);

EncodeSettings level(int level) {
    return {.format = {}, .compression_level = level, .lossy = {}};
}

// V-16, V-25: every size and client format, in one stream per format
void a_client_sees_the_picture(void**) {
    assert_true(test::shows_everything(Encoding::Zlib));
}

// More output than any buffer inside, compressible or not
void large_pictures_come_whole(void**) {
    for (const auto content : {test::Content::noise, test::Content::runs}) {
        const auto frame = test::frame_of(*test::picture(1366, 300, 0, content));
        for (const int chosen : {0, 1, 6, 9}) {
            test::EncodingCheck check(Encoding::Zlib, level(chosen), 1366, 300);
            assert_true(check.shows(*frame, frame->bounds()));
            assert_true(check.shows(*frame, {5, 5, 1, 1}));
            assert_true(check.shows(*frame, frame->bounds()));
        }
    }
}

// V-16: sizes around those where a flush fills the output buffer to the last byte
void output_of_any_length_is_flushed(void**) {
    const auto frame = test::frame_of(*test::picture(16384, 2, 0, test::Content::noise));
    auto settings = level(0);
    settings.format = {8, 8, false, true, 7, 7, 3, 0, 3, 6};
    test::EncodingCheck check(Encoding::Zlib, settings, 16384, 2);
    for (int width = 16384 - 64; width <= 16384; ++width)
        assert_true(check.send(*frame, {0, 0, width, 1}));
    for (int width = 8192 - 32; width <= 8192; ++width)
        assert_true(check.send(*frame, {0, 0, width, 2}));
}

void a_small_rectangle_can_be_read_at_once(void**) {
    const auto frame = test::frame_of(*test::picture(1, 1, 0, test::Content::noise));
    test::EncodingCheck check(Encoding::Zlib, level(9), 1, 1);
    for (int i = 0; i < 100; ++i)
        assert_true(check.shows(*frame, {0, 0, 1, 1}));
}

// P-RFB-27: the stream goes on through every change; stored blocks are easy to tell by
// their size.
void the_level_can_change_between_segments(void**) {
    const auto frame = test::frame_of(*test::picture(200, 200, 0, test::Content::runs));
    test::EncodingCheck check(Encoding::Zlib, level(0), 200, 200);
    for (const int chosen : {9, 0, 1, 1, 0, 6, 9, 2, 0}) {
        check.settings().compression_level = chosen;
        assert_true(check.shows(*frame, frame->bounds()));
        assert_int_equal(check.out.size() > 200 * 200 * 4, chosen == 0);
    }
}

// Segments of different encoders go on with one stream: what one client has been sent
// does not matter for the next segment.
void segments_of_any_encoder_fit_a_stream(void**) {
    const auto frame = test::frame_of(*test::picture(64, 64, 0, test::Content::runs));
    test::ClientPicture client(64, 64, {});
    ZlibEncoder encoders[3];
    bool is_first = true;
    for (int i = 0; i < 30; ++i) {
        auto settings = level(i % 10);
        settings.stream_begins = std::exchange(is_first, false);
        auto& encoder = encoders[i % 3];
        encoder.begin(settings);
        Bytes out;
        const ui::Rect rect{i, i, 64 - i, 30};
        std::size_t count = encoder.encode(*frame, rect, out);
        count += encoder.encode(*frame, {0, 0, 64, 8}, out);
        assert_true(client.apply(out, count));
        assert_true(client.shows(test::canvas_of(*frame), rect));
    }
}

// CVE-11: a thousand connections leave nothing behind (the leak checker counts)
void a_thousand_connections_leave_nothing_behind(void**) {
    const auto frame = test::frame_of(*test::picture(4, 4, 0, test::Content::noise));
    for (int i = 0; i < 1000; ++i) {
        ZlibEncoder encoder;
        Bytes out;
        if (i % 2 == 0) {
            encoder.begin(level(i % 10));
            encoder.encode(*frame, frame->bounds(), out);
        }
        assert_int_equal(out.empty(), i % 2);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(large_pictures_come_whole),
        cmocka_unit_test(output_of_any_length_is_flushed),
        cmocka_unit_test(a_small_rectangle_can_be_read_at_once),
        cmocka_unit_test(the_level_can_change_between_segments),
        cmocka_unit_test(segments_of_any_encoder_fit_a_stream),
        cmocka_unit_test(a_thousand_connections_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
