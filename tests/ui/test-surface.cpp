// Surfaces: geometry, life of foreign memory, and every format against pixman.
#include "ui/surface.hpp"

#include <cstring>
#include <random>
#include <vector>

#include "io/base/handle.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

constexpr pixman_format_code_t formats[] = {
    PIXMAN_x8r8g8b8, PIXMAN_a8r8g8b8, PIXMAN_x8b8g8r8, PIXMAN_a8b8g8r8,
    PIXMAN_b8g8r8x8, PIXMAN_b8g8r8a8, PIXMAN_r8g8b8x8, PIXMAN_r8g8b8a8,
    PIXMAN_r5g6b5,   PIXMAN_x1r5g5b5, PIXMAN_r8g8b8,   PIXMAN_b8g8r8,
};

void checks_the_geometry(void**) {
    static std::uint32_t memory[16];
    struct Row {
        int width, height, stride;
        pixman_format_code_t format;
        bool usable;
    };
    const Row rows[] = {
        {4, 4, 16, PIXMAN_x8r8g8b8, true},
        {4, 1, 17, PIXMAN_x8r8g8b8, true},
        {4, 4, 15, PIXMAN_x8r8g8b8, false},
        {4, 4, -16, PIXMAN_x8r8g8b8, false},
        {4, 4, 0, PIXMAN_x8r8g8b8, false},
        {0, 4, 16, PIXMAN_x8r8g8b8, false},
        {4, 0, 16, PIXMAN_x8r8g8b8, false},
        {-4, 4, 16, PIXMAN_x8r8g8b8, false},
        {16385, 1, 1 << 20, PIXMAN_x8r8g8b8, false},
        {1, 16385, 16, PIXMAN_x8r8g8b8, false},
        {3, 2, 9, PIXMAN_r8g8b8, true},
        {3, 2, 8, PIXMAN_r8g8b8, false},
        {3, 2, 6, PIXMAN_r5g6b5, true},
        {4, 4, 16, PIXMAN_a1, false},
        {4, 4, 64, PIXMAN_rgba_float, false},
    };
    for (const auto& row : rows) {
        const auto surface =
            Surface::wrap(row.width, row.height, row.stride, row.format, memory, {});
        assert_int_equal(surface.has_value(), row.usable);
    }
    assert_false(Surface::wrap(4, 4, 16, PIXMAN_x8r8g8b8, nullptr, {}).has_value());
    assert_false(Surface::create(65535, 65535).has_value());
}

// CVE-10: the largest surface has all its pixels, and a larger one none.
void holds_the_largest_size(void**) {
    const auto surface =
        *Surface::create(max_surface_dimension, max_surface_dimension, PIXMAN_r5g6b5);
    std::uint32_t pixel = 1;
    const auto* read = surface->read_row(max_surface_dimension - 1,
                                         max_surface_dimension - 1, 1, &pixel);
    assert_int_equal(*read, 0);
    const auto refused = Surface::create(max_surface_dimension + 1, 1);
    assert_true(refused.error().kind == ErrorKind::limit);
}

void own_memory_is_zeroed_and_aligned(void**) {
    for (const auto format : formats) {
        const auto surface = *Surface::create(33, 7, format);
        assert_int_equal(surface->stride() % 4, 0);
        assert_true(surface->bounds() == (Rect{0, 0, 33, 7}));
        std::uint32_t scratch[33];
        for (int y = 0; y < 7; ++y) {
            const auto* pixels = surface->read_row(0, y, 33, scratch);
            for (int x = 0; x < 33; ++x)
                assert_int_equal(pixels[x], 0);
        }
    }
}

void keeps_foreign_memory_alive_and_lets_it_go(void**) {
    auto memory = std::make_shared<std::vector<std::uint32_t>>(16);
    const std::weak_ptr<void> watch = memory;
    auto* data = memory->data();
    auto surface = *Surface::wrap(4, 4, 16, PIXMAN_x8r8g8b8, data, std::move(memory));
    assert_false(watch.expired());
    surface.reset();
    assert_true(watch.expired());
}

void native_rows_are_read_in_place(void**) {
    const auto surface = *Surface::create(8, 2);
    std::uint32_t scratch[8];
    const auto* row = surface->read_row(3, 1, 5, scratch);
    assert_ptr_equal(row, surface->row(1) + 3 * 4);
    std::vector<std::byte> memory(200);
    const auto odd = *Surface::wrap(8, 2, 33, PIXMAN_x8r8g8b8, memory.data(), {});
    assert_ptr_equal(odd->read_row(0, 1, 8, scratch), scratch);
}

using Image = Handle<pixman_image_t, &pixman_image_unref>;

/// The row as pixman sees it.
std::vector<std::uint32_t> converted_by_pixman(pixman_format_code_t format,
                                               const std::byte* row, int width) {
    const auto count = std::size_t(width);
    std::vector<std::uint32_t> in(count + 1), out(count);
    std::memcpy(in.data(), row, count * PIXMAN_FORMAT_BPP(format) / 8);
    const int stride = int(in.size()) * 4;
    const Image source(
        pixman_image_create_bits_no_clear(format, width, 1, in.data(), stride));
    const Image target(pixman_image_create_bits_no_clear(PIXMAN_x8r8g8b8, width, 1,
                                                         out.data(), width * 4));
    pixman_image_composite(PIXMAN_OP_SRC, source.get(), nullptr, target.get(), 0, 0, 0, 0,
                           0, 0, std::uint16_t(width), 1);
    return out;
}

// CVE-04, V-23: widths and paddings of all kinds, also rows that start at odd addresses
void reads_every_format_as_pixman_does(void**) {
    std::mt19937 random(3);
    for (const auto format : formats) {
        const int bytes = PIXMAN_FORMAT_BPP(format) / 8;
        for (const int width : {1, 2, 3, 15, 16, 17, 33, 1366}) {
            for (const int padding : {0, 1, 2, 3, 4, 63, 64}) {
                const int height = 3, stride = width * bytes + padding;
                // Exactly the bytes a surface may touch: the last row has no padding.
                std::vector<std::byte> memory(std::size_t(stride * height - padding));
                for (auto& byte : memory)
                    byte = std::byte(random());
                const auto surface =
                    *Surface::wrap(width, height, stride, format, memory.data(), {});
                std::vector<std::uint32_t> scratch(std::size_t(width), 0);
                for (int y = 0; y < height; ++y) {
                    const auto expected =
                        converted_by_pixman(format, surface->row(y), width);
                    const int x = width / 3;
                    const auto* row = surface->read_row(x, y, width - x, scratch.data());
                    for (int i = x; i < width; ++i)
                        assert_int_equal(row[i - x] & 0xFFFFFF,
                                         expected[std::size_t(i)] & 0xFFFFFF);
                }
            }
        }
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(checks_the_geometry),
        cmocka_unit_test(holds_the_largest_size),
        cmocka_unit_test(own_memory_is_zeroed_and_aligned),
        cmocka_unit_test(keeps_foreign_memory_alive_and_lets_it_go),
        cmocka_unit_test(native_rows_are_read_in_place),
        cmocka_unit_test(reads_every_format_as_pixman_does),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
