// TightPNG encoding, seen by a client that reads PNG by the book.
#include "ui/vnc/encodings/tight-png.hpp"

#include <algorithm>

#include "tests/support/screen.hpp"
#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

EncodeSettings level(int level) {
    return {.format = {}, .compression_level = level, .lossy = {}};
}

// V-16, V-25: every size and client format; the client knows no basic compression
void a_client_sees_the_picture(void**) {
    for (const int chosen : {0, 2, 9})
        assert_true(test::shows_everything(Encoding::TightPNG, chosen));
}

// O-51: a bit, four and eight bits a pixel, and colours themselves
void each_number_of_colours_has_its_depth(void**) {
    const struct {
        unsigned colours;
        int depth, type;
    } rows[] = {{2, 1, 3}, {3, 4, 3}, {16, 4, 3}, {17, 8, 3}, {256, 8, 3}, {257, 8, 2}};
    for (const auto& row : rows) {
        const auto surface = *ui::Surface::create(37, 35, PIXMAN_x8r8g8b8);
        for (int y = 0; y < 35; ++y)
            for (int x = 0; x < 37; ++x)
                reinterpret_cast<std::uint32_t*>(surface->row(y))[x] =
                    unsigned(y * 37 + x) % row.colours * 0x37FB51;
        const auto frame = test::frame_of(*surface);
        test::EncodingCheck check(Encoding::TightPNG, level(2), 37, 35);
        assert_true(check.shows(*frame, frame->bounds()));
        // Depth and colour type stand behind the name, the width and the height.
        const auto at = std::ranges::search(check.out, as_bytes("IHDR")).begin();
        assert_int_equal(int(at[4 + 8]), row.depth);
        assert_int_equal(int(at[4 + 9]), row.type);
    }
}

void a_whole_screen_comes_through(void**) {
    const auto frame = test::frame_of(*test::screen());
    for (const int chosen : {0, 1, 6}) {
        test::EncodingCheck check(Encoding::TightPNG, level(chosen), 1280, 800);
        assert_true(check.shows(*frame, frame->bounds()));
    }
}

// 8 bits per pixel: PNG is not for them, and nothing else of Tight is allowed
void small_pixels_come_raw(void**) {
    const auto frame = test::frame_of(*test::picture(20, 20, 0, test::Content::noise));
    auto settings = level(2);
    settings.format = {8, 8, false, true, 7, 7, 3, 0, 3, 6};
    test::EncodingCheck check(Encoding::TightPNG, settings, 20, 20);
    assert_true(check.shows(*frame, frame->bounds()));
    assert_int_equal(load_be<std::uint32_t>(check.out.data() + 8), int(Encoding::Raw));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_client_sees_the_picture),
        cmocka_unit_test(each_number_of_colours_has_its_depth),
        cmocka_unit_test(a_whole_screen_comes_through),
        cmocka_unit_test(small_pixels_come_raw),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
