// Secrets are compared whole.
#include "ui/vnc/auth/compare.hpp"

#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc::auth;

namespace {

// P-RFB-07, TRAP-27, O-45: the comparison is nettle's, which looks at every byte whatever
// it finds; texts go through a digest first, so that their length does not show either
void tells_every_difference(void**) {
    const std::string text(40, 'a');
    assert_true(equal_secrets(std::string_view(text), text));
    assert_true(equal_secrets(as_bytes(text), as_bytes(text)));
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto other = text;
        other[i] = 'b';
        assert_false(equal_secrets(std::string_view(text), other));
        assert_false(equal_secrets(as_bytes(text), as_bytes(other)));
        const auto shorter = text.substr(i + 1);
        assert_false(equal_secrets(std::string_view(text), shorter));
        assert_false(equal_secrets(as_bytes(text), as_bytes(shorter)));
    }
    assert_true(equal_secrets(std::string_view(), ""));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(tells_every_difference)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
