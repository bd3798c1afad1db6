// Rectangles and regions, against a bitmap.
#include "ui/region.hpp"

#include <array>
#include <climits>
#include <random>

#include "tests/support/cmocka.hpp"

using namespace qio::ui;

namespace {

constexpr int side = 64;

/// The same set as one bit per pixel.
struct Bitmap {
    std::array<std::array<bool, side>, side> bits{};

    void set(const Rect& rect, bool value) {
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                if (rect.contains(x, y))
                    bits[std::size_t(y)][std::size_t(x)] = value;
    }
    bool at(int x, int y) const { return bits[std::size_t(y)][std::size_t(x)]; }
    int count() const {
        int sum = 0;
        for (const auto& row : bits)
            for (const bool bit : row)
                sum += bit;
        return sum;
    }
};

bool same_pixels(const Region& region, const Bitmap& bitmap) {
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            if (region.contains(x, y) != bitmap.at(x, y))
                return false;
    Bitmap drawn;
    int area = 0;
    for (const auto& rect : region.rectangles()) {
        drawn.set(rect, true);
        area += rect.width * rect.height;
    }
    // Equal areas: the rectangles do not overlap.
    return drawn.bits == bitmap.bits && area == bitmap.count();
}

Rect random_rect(std::mt19937& random) {
    const int x = int(random() % side), y = int(random() % side);
    return {x, y, int(random() % unsigned(side - x + 1)),
            int(random() % unsigned(side - y + 1))};
}

void moves_and_cuts_as_a_bitmap_does(void**) {
    std::mt19937 random(9);
    for (int round = 0; round < 200; ++round) {
        Region one, other;
        Bitmap both;
        std::array<Rect, 4> ones, others;
        for (auto& rect : ones)
            one.add(rect = random_rect(random));
        for (auto& rect : others)
            other.add(rect = random_rect(random));
        const int dx = int(random() % 31) - 15, dy = int(random() % 31) - 15;
        other.translate(dx, dy);
        one.intersect(other);
        for (const auto& a : ones)
            for (auto b : others) {
                b.x += dx, b.y += dy;
                both.set(intersect(a, b), true);
            }
        assert_true(same_pixels(one, both));
        assert_int_equal(one.area(), both.count());
    }
    assert_int_equal(Region().area(), 0);
}

void intersects_rectangles_of_any_numbers(void**) {
    struct Row {
        Rect a, b, both;
    };
    const Row rows[] = {
        {{0, 0, 10, 10}, {5, 5, 10, 10}, {5, 5, 5, 5}},
        {{0, 0, 10, 10}, {10, 0, 5, 5}, {}},
        {{0, 0, 10, 10}, {9, 9, 1, 1}, {9, 9, 1, 1}},
        {{0, 0, 10, 10}, {3, 3, 0, 5}, {}},
        {{0, 0, 10, 10}, {3, 3, -2, 5}, {}},
        {{0, 0, 10, 10}, {65535, 65535, 65535, 65535}, {}},
        {{0, 0, 10, 10}, {-5, -5, INT_MAX, INT_MAX}, {0, 0, 10, 10}},
        {{0, 0, 10, 10}, {5, 5, INT_MAX, INT_MAX}, {5, 5, 5, 5}},
        {{INT_MIN, INT_MIN, INT_MAX, INT_MAX}, {INT_MAX, INT_MAX, 1, 1}, {}},
        {{INT_MIN, 0, INT_MAX, 1}, {INT_MIN, 0, INT_MAX, 1}, {INT_MIN, 0, INT_MAX, 1}},
    };
    for (const auto& row : rows) {
        assert_true(intersect(row.a, row.b) == row.both);
        assert_true(intersect(row.b, row.a) == row.both);
    }
    // V-22: update requests at every edge
    constexpr Rect screen{0, 0, 640, 480};
    for (const int x : {0, 639, 640, 65535})
        for (const int width : {0, 1, 639, 640, 65535}) {
            const Rect cut = intersect({x, 0, width, 65535}, screen);
            assert_true(screen.contains(cut));
            assert_int_equal(cut.empty(), x >= 640 || width == 0);
        }
}

void contains_knows_the_borders(void**) {
    constexpr Rect rect{2, 3, 4, 5};
    assert_true(rect.contains(2, 3) && rect.contains(5, 7));
    assert_false(rect.contains(6, 7) || rect.contains(5, 8) || rect.contains(1, 3));
    assert_true(rect.contains(rect) && rect.contains(Rect{100, 100, 0, 0}));
    assert_false(rect.contains(Rect{2, 3, 5, 5}) || rect.contains(Rect{2, 2, 1, 1}));
}

void behaves_like_a_bitmap_under_random_use(void**) {
    std::mt19937 random(1);
    for (int round = 0; round < 100; ++round) {
        Region region;
        Bitmap bitmap;
        for (int step = 0; step < 12; ++step) {
            const Rect rect = random_rect(random);
            switch (random() % 4) {
            case 0: {
                Region part;
                part.add(rect);
                region.subtract(part);
                bitmap.set(rect, false);
                break;
            }
            case 1:
                region.add(Region(rect));
                bitmap.set(rect, true);
                break;
            default:
                region.add(rect);
                bitmap.set(rect, true);
            }
            if (round % 5 == 0 && step == 6) {
                const Rect kept{8, 8, 40, 40};
                region.intersect(kept);
                for (int y = 0; y < side; ++y)
                    for (int x = 0; x < side; ++x)
                        if (!kept.contains(x, y))
                            bitmap.set({x, y, 1, 1}, false);
            }
            assert_true(same_pixels(region, bitmap));
        }
    }
}

void bounds_are_the_smallest_rectangle(void**) {
    Region region;
    assert_true(region.empty() && region.bounds() == Rect{});
    region.add(Rect{10, 20, 5, 5});
    region.add(Rect{100, 2, 1, 1});
    assert_true(region.bounds() == (Rect{10, 2, 91, 23}));
    region.clear();
    assert_true(region.empty() && region.bounds() == Rect{});
    region.add(Rect{5, 5, 0, 3});
    assert_true(region.empty());
}

void copies_and_moves_are_independent(void**) {
    Region first(Rect{0, 0, 4, 4});
    first.add(Rect{8, 8, 4, 4});
    Region copy = first;
    first.add(Rect{50, 50, 1, 1});
    assert_int_equal(copy.count(), 2);
    Region moved = std::move(first);
    assert_int_equal(moved.count(), 3);
    first = copy;
    assert_true(first == copy);
    assert_false(first == moved);
    moved = std::move(copy);
    assert_true(first == moved);
}

void survives_extreme_coordinates(void**) {
    Region region;
    region.add(Rect{INT_MAX - 1, 0, INT_MAX, INT_MAX});
    assert_true(region.empty());
    region.add(Rect{-5, -5, INT_MAX, INT_MAX});
    region.add(Rect{INT_MIN, INT_MIN, INT_MAX, INT_MAX});
    assert_false(region.empty());
    assert_true(region.contains(0, 0));
    region.add(Rect{-1000000000, 1000000000, 1, 1});
    assert_int_equal(region.simplified(1).count(), 1);
    region.intersect({0, 0, 3, 3});
    assert_true(region.bounds() == (Rect{0, 0, 3, 3}));
    region.intersect({0, 0, 0, 3});
    assert_true(region.empty());
}

void simplified_is_bounded_and_loses_no_pixel(void**) {
    std::mt19937 random(2);
    for (const std::size_t bound : {0u, 1u, 2u, 3u, 10u, 50u}) {
        Region region;
        for (int i = 0; i < 300; ++i)
            region.add(Rect{int(random() % 2000), int(random() % 1500),
                            int(random() % 9 + 1), int(random() % 9 + 1)});
        const Region simple = region.simplified(bound);
        assert_true(simple.count() <= std::max<std::size_t>(bound, 1));
        Region lost = region;
        lost.subtract(simple);
        assert_true(lost.empty());
        assert_true(simple.bounds() == region.bounds());
    }
}

void simplified_keeps_what_is_simple_enough(void**) {
    Region region(Rect{0, 0, 3, 3});
    region.add(Rect{1000, 1000, 3, 3});
    assert_true(region.simplified(2) == region);
    assert_true(region.simplified(1) == Region(Rect{0, 0, 1003, 1003}));
    assert_true(Region().simplified(1).empty());
}

// The far corner must not drag in what lies between.
void simplified_keeps_distant_clusters_apart(void**) {
    Region region;
    for (int i = 0; i < 16; i += 2) {
        region.add(Rect{i, i, 1, 1});
        region.add(Rect{1900 + i, 1000 + i, 1, 1});
    }
    const Region simple = region.simplified(8);
    assert_true(simple.count() <= 8);
    assert_false(simple.contains(900, 500));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(moves_and_cuts_as_a_bitmap_does),
        cmocka_unit_test(intersects_rectangles_of_any_numbers),
        cmocka_unit_test(contains_knows_the_borders),
        cmocka_unit_test(behaves_like_a_bitmap_under_random_use),
        cmocka_unit_test(bounds_are_the_smallest_rectangle),
        cmocka_unit_test(copies_and_moves_are_independent),
        cmocka_unit_test(survives_extreme_coordinates),
        cmocka_unit_test(simplified_is_bounded_and_loses_no_pixel),
        cmocka_unit_test(simplified_keeps_what_is_simple_enough),
        cmocka_unit_test(simplified_keeps_distant_clusters_apart),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
