// What clients wish of quality.
#include "ui/vnc/encodings/quality.hpp"

#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

std::optional<Lossy> wished(std::initializer_list<int> numbers) {
    std::vector<Encoding> encodings;
    for (const int number : numbers)
        encodings.push_back(Encoding(number));
    return wished_loss(encodings);
}

void who_mentions_no_quality_gets_every_pixel(void**) {
    assert_false(wished({}).has_value());
    assert_false(wished({7, 16, -256, -247, -239}).has_value());
    assert_false(wished({7, -768, -763}).has_value()); // subsampling alone says nothing
    assert_false(wished({-33, -22, -513, -411, -769}).has_value()); // beside the ranges
}

void each_level_is_better_than_the_one_before(void**) {
    int last = 0;
    for (int level = 0; level <= 9; ++level) {
        const auto loss = wished({7, -32 + level});
        assert_true(loss == loss_of_level(level));
        assert_true(loss->jpeg_quality > last && loss->jpeg_quality <= 100);
        last = loss->jpeg_quality;
    }
    assert_true(loss_of_level(0).subsampling == Subsampling::quarter);
    assert_true(loss_of_level(9).subsampling == Subsampling::none);
    const int waves[] = {3, 3, 3, 2, 2, 2, 1, 1, 1, 0};
    for (int level = 0; level < 10; ++level)
        assert_int_equal(loss_of_level(level).wavelet_level, waves[level]);
    // Viewers tell waves by one of the ten alone.
    assert_int_equal(wished({-32, -412})->wavelet_level, 3);
    assert_int_equal(wished({-412})->wavelet_level, 0);
}

void fine_levels_are_qualities(void**) {
    for (const int level : {1, 50, 75, 100})
        assert_int_equal(wished({-512 + level})->jpeg_quality, level);
    assert_int_equal(wished({-512})->jpeg_quality, 1);
    assert_int_equal(wished({-23, -412})->jpeg_quality, 100);
    assert_int_equal(wished({-32, -412})->jpeg_quality, 100); // finer says more
}

void subsampling_can_be_asked_for(void**) {
    using enum Subsampling;
    const Subsampling expected[] = {none, quarter, half, grey, quarter, quarter};
    for (int i = 0; i < 6; ++i)
        assert_true(wished({-26, -768 + i})->subsampling == expected[i]);
}

void the_first_of_a_kind_counts(void**) {
    assert_true(wished({-30, -23}) == loss_of_level(2));
    assert_true(wished({-452, -412}) == loss_of_fine_level(60));
    assert_true(wished({-26, -765, -768})->subsampling == Subsampling::grey);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(who_mentions_no_quality_gets_every_pixel),
        cmocka_unit_test(each_level_is_better_than_the_one_before),
        cmocka_unit_test(fine_levels_are_qualities),
        cmocka_unit_test(subsampling_can_be_asked_for),
        cmocka_unit_test(the_first_of_a_kind_counts),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
