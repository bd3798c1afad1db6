// Tokens say what they were made to say, to the end of their time, and nothing else.
#include "ui/vnc/auth/access-token.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc::auth;

namespace {

const std::string key = "a key of sixteen bytes, or more";

AccessTokens tokens() {
    return *AccessTokens::create(as_bytes(key));
}

void gives_back_what_it_was_made_of(void**) {
    const AccessGrant rows[] = {
        {.display = "vnc2", .role = AccessGrant::Role::control, .expires = 1000},
        {.display = "", .role = AccessGrant::Role::view, .expires = 1001},
        {.display = "a", .expires = INT64_MAX, .nonce = "once-only"},
        {.display = std::string(128, 'd'),
         .expires = 5000,
         .nonce = std::string(64, 'n')},
    };
    for (const auto& row : rows) {
        const auto token = tokens().make(row);
        assert_true(token.has_value());
        assert_true(token->size() <= AccessTokens::max_token_bytes);
        assert_true(token->find_first_of("+/=?&#% ") == token->npos);
        assert_true(tokens().verify(*token, 1000).value() == row);
    }
}

void ends_with_its_time(void**) {
    const auto token = *tokens().make({.display = "a", .expires = 1000});
    assert_true(tokens().verify(token, 1000).has_value());
    assert_true(tokens().verify(token, 1001).error().kind ==
                ErrorKind::permission_denied);
}

// O-45: no other text is a token: every change, every cut, another key
void refuses_every_change(void**) {
    const auto token = *tokens().make({.display = "a", .expires = 1000, .nonce = "n"});
    for (std::size_t i = 0; i < token.size(); ++i) {
        for (const char other : {'A', 'b', '.', '=', '_', '\0'}) {
            auto changed = token;
            changed[i] = other;
            if (changed != token)
                assert_false(tokens().verify(changed, 0).has_value());
        }
        assert_false(tokens().verify(token.substr(0, i), 0).has_value());
    }
    assert_false(tokens().verify(token + "A", 0).has_value());
    assert_false(tokens().verify(token + "=", 0).has_value());
    assert_false(tokens().verify(std::string(100000, 'A'), 0).has_value());
    auto others = *AccessTokens::create(as_bytes(key + "!"));
    assert_false(others.verify(token, 0).has_value());
}

void a_nonce_is_good_once(void**) {
    auto all = tokens();
    const auto once = *all.make({.display = "a", .expires = 1000, .nonce = "n"});
    const auto again = *all.make({.display = "b", .expires = 2000, .nonce = "n"});
    const auto often = *all.make({.display = "a", .expires = 1000});
    assert_true(all.verify(once, 0).has_value());
    assert_false(all.verify(once, 0).has_value());
    assert_false(all.verify(again, 1000).has_value());
    assert_true(all.verify(again, 1001).has_value());
    assert_true(all.verify(often, 0).has_value());
    assert_true(all.verify(often, 0).has_value());
}

void remembers_a_bounded_number_of_nonces(void**) {
    auto all = tokens();
    for (std::size_t i = 0; i < AccessTokens::max_nonces; ++i)
        assert_true(
            all.verify(*all.make({.expires = 1000, .nonce = std::to_string(i)}), 0)
                .has_value());
    const auto one_more = *all.make({.expires = 3000, .nonce = "one-more"});
    assert_true(all.verify(one_more, 0).error().kind == ErrorKind::limit);
    assert_true(all.verify(one_more, 1001).has_value());
}

void refuses_to_make_what_cannot_be_read(void**) {
    assert_false(AccessTokens::create(as_bytes("too short")).has_value());
    for (const auto* text : {"a.b", "a b", "\n", "\xC3\xA4"}) {
        assert_false(tokens().make({.display = text}).has_value());
        assert_false(tokens().make({.nonce = text}).has_value());
    }
    assert_false(tokens().make({.display = std::string(129, 'd')}).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_it_was_made_of),
        cmocka_unit_test(ends_with_its_time),
        cmocka_unit_test(refuses_every_change),
        cmocka_unit_test(a_nonce_is_good_once),
        cmocka_unit_test(remembers_a_bounded_number_of_nonces),
        cmocka_unit_test(refuses_to_make_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
