// Grids of labelled cells, and what is cut out of them.
#include "ui/vnc/encodings/cell-map.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "tests/support/cmocka.hpp"

using namespace qio;
using vnc::CellMap;

namespace {

/// A letter is a label, a dot is none.
struct Grid {
    int columns, rows;
    std::string_view cells;

    std::uint32_t label(int column, int row) const {
        const char c = cells[std::size_t(row * columns + column)];
        return c == '.' ? CellMap::none : std::uint32_t(c);
    }
    std::vector<CellMap::Part> cut(CellMap& map, int min_cells) const {
        map.reset(columns, rows);
        for (int y = 0; y < rows; ++y)
            for (int x = 0; x < columns; ++x)
                map.set(x, y, label(x, y));
        std::vector<CellMap::Part> parts;
        map.cut(min_cells, parts);
        return parts;
    }
};

void the_largest_rectangle_is_cut_out_first(void**) {
    CellMap map;
    const Grid grid{6, 4,
                    "......"
                    ".bbbb."
                    ".bbbba"
                    ".aa..a"};
    const auto parts = grid.cut(map, 3);
    const CellMap::Part expected[] = {
        {{0, 0, 6, 1}}, {{0, 1, 1, 2}}, {{1, 1, 4, 2}, 'b'},
        {{5, 1, 1, 2}}, {{0, 3, 6, 1}},
    };
    assert_int_equal(parts.size(), std::size(expected));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        assert_true(parts[i].cells == expected[i].cells);
        assert_int_equal(parts[i].label, expected[i].label);
    }
}

void one_label_is_one_part(void**) {
    CellMap map;
    const auto parts = Grid{3, 2, "aaaaaa"}.cut(map, 6);
    assert_int_equal(parts.size(), 1);
    assert_int_equal(parts[0].label, 'a');
    assert_true(parts[0].cells == (ui::Rect{0, 0, 3, 2}));
}

void what_is_too_small_is_left(void**) {
    CellMap map;
    const auto parts = Grid{3, 2, "aaaaaa"}.cut(map, 7);
    assert_int_equal(parts.size(), 1);
    assert_int_equal(parts[0].label, CellMap::none);
    const Grid columns{4, 2, "abababab"};
    assert_int_equal(columns.cut(map, 3).size(), 1);
}

void a_smaller_grid_may_follow(void**) {
    CellMap map;
    Grid{4, 4, "aaaaaaaaaaaaaaaa"}.cut(map, 1);
    const auto parts = Grid{2, 1, "ab"}.cut(map, 1);
    assert_int_equal(parts.size(), 2);
}

/// Whether the parts are the whole grid, and each of one label or of any.
bool fits(const Grid& grid, const std::vector<CellMap::Part>& parts, int min_cells) {
    std::vector<int> seen(grid.cells.size());
    for (const auto& [cells, label] : parts) {
        if (cells.empty())
            return false;
        if (label != CellMap::none && cells.width * cells.height < min_cells)
            return false;
        for (int y = cells.y; y < cells.bottom(); ++y)
            for (int x = cells.x; x < cells.right(); ++x) {
                ++seen[std::size_t(y * grid.columns + x)];
                if (label != CellMap::none && label != grid.label(x, y))
                    return false;
            }
    }
    return std::ranges::all_of(seen, [](int times) { return times == 1; });
}

void parts_are_the_whole_grid(void**) {
    std::mt19937 random(3);
    CellMap map;
    for (int i = 0; i < 2000; ++i) {
        const int columns = 1 + int(random() % 12), rows = 1 + int(random() % 9);
        std::string cells;
        const unsigned labels = 1 + random() % 4;
        for (int c = 0; c < columns * rows; ++c)
            cells += ".aab"[random() % labels];
        const Grid grid{columns, rows, cells};
        const int min_cells = 1 + int(random() % 6);
        assert_true(fits(grid, grid.cut(map, min_cells), min_cells));
    }
}

/// By trying every rectangle.
int largest_area(const Grid& grid) {
    int best = 0;
    for (int y = 0; y < grid.rows; ++y)
        for (int x = 0; x < grid.columns; ++x)
            for (int h = 1; y + h <= grid.rows; ++h)
                for (int w = 1; x + w <= grid.columns; ++w) {
                    const auto label = grid.label(x, y);
                    bool same = label != CellMap::none;
                    for (int i = 0; i < w * h && same; ++i)
                        same = grid.label(x + i % w, y + i / w) == label;
                    best = same ? std::max(best, w * h) : best;
                }
    return best;
}

void no_rectangle_is_larger_than_the_first(void**) {
    std::mt19937 random(4);
    CellMap map;
    for (int i = 0; i < 300; ++i) {
        std::string cells;
        for (int c = 0; c < 7 * 5; ++c)
            cells += ".aab"[random() % 4];
        const Grid grid{7, 5, cells};
        int found = 0;
        for (const auto& part : grid.cut(map, 1))
            if (part.label != CellMap::none)
                found = std::max(found, part.cells.width * part.cells.height);
        assert_int_equal(found, largest_area(grid));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_rectangle_is_cut_out_first),
        cmocka_unit_test(one_label_is_one_part),
        cmocka_unit_test(what_is_too_small_is_left),
        cmocka_unit_test(a_smaller_grid_may_follow),
        cmocka_unit_test(parts_are_the_whole_grid),
        cmocka_unit_test(no_rectangle_is_larger_than_the_first),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
