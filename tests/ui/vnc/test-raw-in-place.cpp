// Raw pixels sent from the frame: the bytes that the encoder makes, and no copy of them.
#include "ui/vnc/raw-in-place.hpp"

#include "tests/support/pictures.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"
#include "tests/ui/vnc/make-update.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr int width = 700, height = 100;

EncodeJob job(std::vector<ui::Rect> rects) {
    static const auto frame =
        test::frame_of(*test::picture(width, height, 0, test::Content::runs));
    return {.frame = frame,
            .rects = std::move(rects),
            .encoding = Encoding::Raw,
            .settings = {}};
}

void gives_what_the_encoder_gives(void**) {
    const std::vector<std::vector<ui::Rect>> all_rects = {
        {{0, 0, width, height}},
        {{0, 0, 1, 1}},
        {{0, 0, 127, 50}, {127, 0, 128, 50}, {300, 15, 129, 2}, {0, 99, 5, 1}},
        {{200, 31, 500, 1}, {200, 32, 500, 16}, {1, 48, 128, 52}},
        {{5, 5, 10, 10}, {30, 5, 10, 10}, {60, 5, 10, 10}},
    };
    for (const auto& rects : all_rects) {
        EncoderSet encoders;
        Bytes expected;
        const auto segment = encode(job(rects), encoders, expected);
        const auto result = raw_in_place(job(rects));
        assert_true(result.has_value());
        assert_int_equal(result->count, segment.count);
        assert_true(test::bytes_of(*result) == expected);
        assert_true(result->lossy.empty());
    }
}

void keeps_the_frame_while_it_is_sent(void**) {
    const auto wide = job({{0, 0, width, height}});
    const auto before = wide.frame.use_count();
    auto result = raw_in_place(wide);
    assert_true(wide.frame.use_count() > before);
    std::size_t in_frame = 0;
    for (const auto& piece : result->pieces)
        in_frame += piece.owner == wide.frame ? piece.size() : 0;
    assert_int_equal(in_frame, width * height * 4);
    result.reset();
    assert_int_equal(wide.frame.use_count(), before);
}

void leaves_work_to_the_encoder(void**) {
    auto zlib = job({{0, 0, width, height}});
    zlib.encoding = Encoding::Zlib;
    assert_false(raw_in_place(zlib).has_value());
    auto other_format = job({{0, 0, width, height}});
    other_format.settings.format.red_shift = 0;
    other_format.settings.format.blue_shift = 16;
    assert_false(raw_in_place(other_format).has_value());
    std::vector<ui::Rect> narrow;
    for (int x = 0; x + 127 <= width; x += 127)
        narrow.push_back({x, 0, 127, height});
    assert_false(raw_in_place(job(narrow)).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_the_encoder_gives),
        cmocka_unit_test(keeps_the_frame_while_it_is_sent),
        cmocka_unit_test(leaves_work_to_the_encoder),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
