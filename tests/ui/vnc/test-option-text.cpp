// Texts of options: where their parts begin and end.
#include "ui/vnc/option-text.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio::vnc;

namespace {

using Parts = std::vector<std::string>;

void splits_at_single_commas(void**) {
    const struct {
        const char* text;
        Parts parts;
    } table[] = {
        {"", {""}},           {"a", {"a"}},          {"a,b", {"a", "b"}},
        {",a", {"", "a"}},    {"a,,b", {"a,b"}},     {"a,,,b", {"a,", "b"}},
        {"a,,,,b", {"a,,b"}}, {"a, b", {"a", " b"}}, {"a,", {"a"}},
        {"a,,", {"a,"}},      {"a,,,", {"a,"}},      {",", {""}},
        {",,", {","}},
    };
    for (const auto& row : table)
        assert_true(split_at_commas(row.text) == row.parts);
}

void what_was_doubled_is_read_back(void**) {
    for (const auto* value : {"a", "a,b", ",", ",,", "a,,b"})
        assert_true(split_at_commas("k=" + with_doubled_commas(value) + ",x") ==
                    Parts({std::string("k=") + value, "x"}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(splits_at_single_commas),
        cmocka_unit_test(what_was_doubled_is_read_back),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
