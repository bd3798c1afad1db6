// Palettes of pieces of frames.
#include "ui/vnc/encodings/palette.hpp"

#include "tests/ui/vnc/encodings/encoding-check.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using vnc::Palette;

namespace {

/// `count` colours, each at several places.
std::shared_ptr<const ui::Frame> frame_with(unsigned count) {
    const auto surface = *ui::Surface::create(64, 33, PIXMAN_x8r8g8b8);
    for (int y = 0; y < 33; ++y)
        for (int x = 0; x < 64; ++x)
            reinterpret_cast<std::uint32_t*>(surface->row(y))[x] =
                unsigned(y * 64 + x) % count * 0x010203;
    return test::frame_of(*surface);
}

// CVE-29: no more than there is room for
void counts_colours_up_to_the_limit(void**) {
    const struct {
        unsigned colours;
        std::size_t limit;
        bool fits;
    } rows[] = {
        {1, 1, true},      {2, 1, false},      {2, 2, true},     {3, 2, false},
        {16, 16, true},    {17, 16, false},    {255, 256, true}, {256, 256, true},
        {257, 256, false}, {2000, 256, false}, {2, 256, true},
    };
    Palette palette; // one for all: nothing stays from the last
    for (const auto& row : rows) {
        const auto frame = frame_with(row.colours);
        assert_int_equal(palette.collect(*frame, frame->bounds(), row.limit), row.fits);
        assert_int_equal(palette.colours().size(), row.fits ? row.colours : row.limit);
    }
}

void indices_lead_back_to_the_colours(void**) {
    Palette palette;
    for (const unsigned colours : {1u, 2u, 5u, 200u, 256u}) {
        const auto frame = frame_with(colours);
        assert_true(palette.collect(*frame, frame->bounds(), 256));
        for (int y = 0; y < frame->height(); ++y) {
            std::byte indices[64];
            palette.index({frame->row(y), 64}, indices);
            for (int x = 0; x < 64; ++x)
                assert_int_equal(palette.colours()[std::size_t(indices[x])],
                                 frame->row(y)[x]);
        }
    }
}

void only_the_rectangle_counts(void**) {
    const auto frame = frame_with(64);
    Palette palette;
    assert_true(palette.collect(*frame, {10, 3, 2, 30}, 2));
    assert_int_equal(palette.colours()[0], 10 * 0x010203);
    assert_int_equal(palette.colours()[1], 11 * 0x010203);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(counts_colours_up_to_the_limit),
        cmocka_unit_test(indices_lead_back_to_the_colours),
        cmocka_unit_test(only_the_rectangle_counts),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
