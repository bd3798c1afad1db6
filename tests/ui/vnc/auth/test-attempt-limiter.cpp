// Failed logins make an address wait, and nobody else.
#include "ui/vnc/auth/attempt-limiter.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio::vnc::auth;
using namespace std::chrono_literals;

namespace {

const AttemptLimiter::Time start{1000h};

// O-20, P-RFB-05, TRAP-27: the fifth failure, and each behind it, makes the address wait
// twice as long
void waits_double(void**) {
    AttemptLimiter limiter;
    auto now = start;
    for (int i = 0; i < 4; ++i) {
        limiter.failed("a", now);
        assert_false(limiter.is_blocked("a", now));
    }
    for (const auto wait : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s, 600s}) {
        limiter.failed("a", now);
        assert_true(limiter.is_blocked("a", now));
        assert_true(limiter.is_blocked("a", now + wait - 1ms));
        assert_false(limiter.is_blocked("a", now + wait));
        assert_false(limiter.is_blocked("b", now));
        now += wait;
    }
}

void a_success_clears(void**) {
    AttemptLimiter limiter;
    for (int i = 0; i < 7; ++i)
        limiter.failed("a", start);
    limiter.succeeded("a");
    assert_int_equal(limiter.size(), 0);
    for (int i = 0; i < 4; ++i)
        limiter.failed("a", start);
    assert_false(limiter.is_blocked("a", start));
}

void a_quiet_hour_clears(void**) {
    AttemptLimiter limiter;
    for (int i = 0; i < 7; ++i)
        limiter.failed("a", start);
    const auto later = start + AttemptLimiter::memory + 1s;
    limiter.failed("a", later);
    assert_false(limiter.is_blocked("a", later));
}

// O-20: any number of addresses takes the same memory, and those that are failing now are
// remembered
void remembers_a_bounded_number(void**) {
    AttemptLimiter limiter;
    for (std::size_t i = 0; i < AttemptLimiter::max_addresses + 100; ++i) {
        limiter.failed(std::to_string(i), start + std::chrono::milliseconds(i));
        limiter.failed("attacker", start + std::chrono::milliseconds(i));
        assert_true(limiter.size() <= AttemptLimiter::max_addresses);
    }
    assert_true(limiter.is_blocked("attacker", start + 5s));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(waits_double),
        cmocka_unit_test(a_success_clears),
        cmocka_unit_test(a_quiet_hour_clears),
        cmocka_unit_test(remembers_a_bounded_number),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
