// VNC authentication: known answers, and who comes in with which response.
#include "ui/vnc/auth/vnc-authentication.hpp"

#include <set>

#include "tests/ui/vnc/auth/exchange.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc::auth;
using namespace std::string_view_literals;

namespace {

Challenge challenge_of(std::string_view sixteen) {
    Challenge challenge;
    std::ranges::copy(as_bytes(sixteen), challenge.begin());
    return challenge;
}

std::string response_to(std::string_view challenge, std::string_view password) {
    const auto response = vnc_response(challenge_of(challenge), password);
    return std::string(as_text(response));
}

// V-26: known answers: one that is printed in every text on DES, whose key has its bits
// in the order of VNC here; one that another program has computed
void gives_the_known_answers(void**) {
    const auto key = "\xC8\x2C\xEA\x9E\xD9\x3D\xFB\x8F"sv;
    const auto text = "\x01\x23\x45\x67\x89\xAB\xCD\xEF"sv;
    const auto sealed = "\x85\xE8\x13\x54\x0F\x0A\xB4\x05"sv;
    assert_true(response_to(std::string(text).append(text), key) ==
                std::string(sealed).append(sealed));
    assert_true(response_to("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"sv, "secret") ==
                "\xEE\x22\x53\x9F\x33\xA5\x98\x3E\xC1\x2F\x9C\x2E\xDB\xC9\x95\xDD"sv);
}

/// Plays one login.
struct Login {
    explicit Login(std::function<Passwords()> passwords, std::size_t step = SIZE_MAX)
        : authenticator(std::move(passwords)), exchange(authenticator, step) {
        std::ranges::copy(exchange.said(), challenge.begin());
    }
    void answer(std::string_view password) {
        exchange.send(vnc_response(challenge, password));
    }
    VncAuthentication authenticator;
    Exchange exchange;
    Challenge challenge;
};

struct Row {
    Passwords set;
    std::string_view given;
    bool good, view_only = false;
};

// CVE-19, TRAP-17: an empty or unset password lets nobody in, also not with an empty one;
// P-RFB-05: eight bytes count; V-26: another password does not do
void lets_in_with_a_set_password_only(void**) {
    const Row rows[] = {
        {{.control = "secret"}, "secret", true},
        {{.control = "secret"}, "Secret", false},
        {{.control = "secret"}, "", false},
        {{.control = "12345678"}, "123456789", true},
        {{.control = "123456789"}, "12345678", true},
        {{.control = "12345678"}, "1234567", false},
        {{}, "", false},
        {{}, "\0\0\0\0\0\0\0\0"sv, false},
        {{.view_only = "look"}, "", false},
        {{.view_only = "look"}, "look", true, true},
        {{.control = "secret", .view_only = "look"}, "look", true, true},
        {{.control = "secret", .view_only = "look"}, "secret", true},
        {{.control = "same", .view_only = "same"}, "same", true},
        {{.control = "secret", .view_only = "look"}, "neither", false},
    };
    for (const auto& row : rows) {
        for (const std::size_t step : {1UL, 7UL, 16UL}) {
            Login login([&] { return row.set; }, step);
            login.answer(row.given);
            assert_int_equal(login.exchange.is_accepted(), row.good);
            assert_int_equal(login.exchange.is_refused(), !row.good);
            if (const auto* accepted = login.exchange.result<Accepted>())
                assert_int_equal(accepted->identity.view_only, row.view_only);
        }
    }
}

// P-RFB-05: what counts are the passwords and the time when the response has come
void decides_when_the_response_has_come(void**) {
    Passwords passwords{.control = "old"};
    Login changed([&] { return passwords; });
    passwords.control = "new";
    changed.answer("old");
    assert_true(changed.exchange.is_refused());

    Login cleared([&] { return passwords; });
    passwords.control.clear();
    cleared.answer("new");
    assert_true(cleared.exchange.is_refused());

    for (const auto& [expires, good] :
         {std::pair(999, false), std::pair(1000, true), std::pair(0, false)}) {
        passwords = {.control = "new", .view_only = "look"};
        for (const auto* given : {"new", "look"}) {
            Login login([&] { return passwords; });
            passwords.expires = expires;
            login.answer(given);
            assert_int_equal(login.exchange.is_accepted(), good);
        }
    }
}

// P-RFB-06, O-46: no challenge comes twice, so no response is good twice
void never_repeats_a_challenge(void**) {
    std::set<Challenge> seen;
    for (int i = 0; i < 10000; ++i) {
        VncAuthentication authenticator([] { return Passwords(); });
        Bytes out;
        assert_true(authenticator.start(out).has_value());
        assert_int_equal(out.size(), challenge_bytes);
        Challenge challenge;
        std::ranges::copy(out, challenge.begin());
        seen.insert(challenge);
    }
    assert_int_equal(seen.size(), 10000);
    Login first([] { return Passwords{.control = "secret"}; });
    Login second([] { return Passwords{.control = "secret"}; });
    second.exchange.send(vnc_response(first.challenge, "secret"));
    assert_true(second.exchange.is_refused());
}

void leaves_what_follows_alone(void**) {
    Login login([] { return Passwords{.control = "secret"}; });
    auto bytes = std::string(as_text(vnc_response(login.challenge, "secret"))) + "\1more";
    login.exchange.send(bytes);
    assert_true(login.exchange.is_accepted());
    assert_int_equal(login.exchange.unused.size(), 5);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_known_answers),
        cmocka_unit_test(lets_in_with_a_set_password_only),
        cmocka_unit_test(decides_when_the_response_has_come),
        cmocka_unit_test(never_repeats_a_challenge),
        cmocka_unit_test(leaves_what_follows_alone),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
