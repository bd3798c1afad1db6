// Whose input counts: policies, gifts, refusals.
#include "ui/vnc/control-arbiter.hpp"

#include <string>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

using Answer = ControlArbiter::Answer;

constexpr auto idle = std::chrono::milliseconds(1000);

ControlArbiter::Time at(int milliseconds) {
    return ControlArbiter::Time(std::chrono::milliseconds(milliseconds));
}

/// Clients 1 and 2 may have control, 3 only looks.
ControlArbiter three(ControlPolicy policy) {
    ControlArbiter control(policy, idle);
    control.add(1, false);
    control.add(2, false);
    control.add(3, true);
    return control;
}

/// Who has control: the ids of those, and what the state says.
std::string holders(const ControlArbiter& control) {
    std::string text;
    for (const std::uint64_t id : {1, 2, 3, 4})
        if (control.has_control(id))
            text += std::to_string(id);
    const auto state = control.state();
    if (state.who == Control::Who::everyone)
        return text + " everyone";
    if (state.who == Control::Who::nobody)
        return text + " nobody";
    return text + " client " + std::to_string(state.client);
}

void each_policy_has_its_own_beginning(void**) {
    assert_string_equal(holders(three(ControlPolicy::everyone)).c_str(), "12 everyone");
    assert_string_equal(holders(three(ControlPolicy::first)).c_str(), "1 client 1");
    assert_string_equal(holders(three(ControlPolicy::one_at_a_time)).c_str(), " nobody");
    ControlArbiter late(ControlPolicy::first, idle);
    late.add(3, true);
    assert_string_equal(holders(late).c_str(), " nobody");
    late.add(4, false);
    assert_string_equal(holders(late).c_str(), "4 client 4");
}

void the_next_one_follows_the_first(void**) {
    auto control = three(ControlPolicy::first);
    control.remove(1);
    assert_string_equal(holders(control).c_str(), "2 client 2");
    control.add(1, false);
    assert_string_equal(holders(control).c_str(), "2 client 2");
    assert_true(control.refuse(2).has_value());
    assert_string_equal(holders(control).c_str(), "1 client 1");
    control.remove(1);
    assert_string_equal(holders(control).c_str(), " nobody");
}

void who_presses_first_has_it_until_it_is_idle(void**) {
    auto control = three(ControlPolicy::one_at_a_time);
    assert_true(control.act(1, Act::other, at(0)) == Answer::no);
    assert_true(control.act(3, Act::press, at(0)) == Answer::no);
    assert_true(control.act(1, Act::press, at(0)) == Answer::yes);
    assert_true(control.act(2, Act::press, at(999)) == Answer::wish);
    assert_true(control.act(2, Act::press, at(999)) == Answer::no);
    assert_true(control.act(1, Act::other, at(999)) == Answer::yes);
    assert_true(control.act(2, Act::press, at(1998)) == Answer::no);
    assert_true(control.act(2, Act::other, at(5000)) == Answer::no);
    assert_true(control.act(2, Act::press, at(5000)) == Answer::yes);
    assert_string_equal(holders(control).c_str(), "2 client 2");
    assert_true(control.act(1, Act::press, at(5001)) == Answer::wish);
    control.remove(2);
    assert_string_equal(holders(control).c_str(), " nobody");
    assert_true(control.act(1, Act::press, at(5002)) == Answer::yes);
}

void a_gift_beats_every_policy(void**) {
    for (const auto policy :
         {ControlPolicy::everyone, ControlPolicy::first, ControlPolicy::one_at_a_time}) {
        auto control = three(policy);
        const auto before = holders(control);
        assert_true(control.give(2).has_value());
        assert_string_equal(holders(control).c_str(), "2 client 2");
        assert_true(control.act(1, Act::press, at(1 << 30)) == Answer::wish);
        control.release();
        assert_string_equal(holders(control).c_str(), before.c_str());
        assert_true(control.give(2).has_value());
        control.remove(2);
        assert_true(control.state().client != 2);
        control.take();
        assert_string_equal(holders(control).c_str(), " nobody");
        assert_true(control.act(1, Act::press, at(1 << 30)) == Answer::wish);
        control.add(4, false);
        assert_string_equal(holders(control).c_str(), " nobody");
    }
}

void who_is_refused_waits_for_a_gift(void**) {
    for (const auto policy :
         {ControlPolicy::everyone, ControlPolicy::first, ControlPolicy::one_at_a_time}) {
        auto control = three(policy);
        assert_true(control.refuse(1).has_value());
        assert_false(control.has_control(1));
        assert_true(control.act(1, Act::press, at(5000)) == Answer::no);
        assert_true(control.give(1).has_value());
        assert_true(control.act(1, Act::press, at(5000)) == Answer::yes);
        control.release();
        assert_true(control.act(1, Act::press, at(5000)) == Answer::yes);
    }
}

// Who only looks never gets control, and strangers do not
void who_only_looks_never_has_it(void**) {
    auto control = three(ControlPolicy::everyone);
    assert_true(control.give(3).error().kind == ErrorKind::permission_denied);
    assert_true(control.give(9).error().kind == ErrorKind::not_found);
    assert_true(control.refuse(9).error().kind == ErrorKind::not_found);
    assert_true(control.act(3, Act::press, at(0)) == Answer::no);
    assert_true(control.act(9, Act::press, at(0)) == Answer::no);
    control.remove(9);
    assert_string_equal(holders(control).c_str(), "12 everyone");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_policy_has_its_own_beginning),
        cmocka_unit_test(the_next_one_follows_the_first),
        cmocka_unit_test(who_presses_first_has_it_until_it_is_idle),
        cmocka_unit_test(a_gift_beats_every_policy),
        cmocka_unit_test(who_is_refused_waits_for_a_gift),
        cmocka_unit_test(who_only_looks_never_has_it),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
