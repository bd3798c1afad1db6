// How hard is compressed for slow links.
#include "ui/vnc/link-compression.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio::vnc;

namespace {

void slow_links_are_worth_more_work(void**) {
    const struct {
        int wish;
        std::optional<double> rate;
        int level;
    } rows[] = {
        {2, {}, 2},  {2, 1e9, 2}, {2, 2.5e6, 2}, {2, 2.4e6, 4}, {2, 699e3, 6},
        {2, 0, 6},   {1, 1e6, 4}, {5, 1e6, 5},   {5, 1e5, 6},   {9, 1e5, 9},
        {9, 1e9, 9}, {0, 1e5, 0}, {0, {}, 0},
    };
    for (const auto& row : rows)
        assert_int_equal(compression_for(row.wish, row.rate), row.level);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(slow_links_are_worth_more_work),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
