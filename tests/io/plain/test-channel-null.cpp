// The channel that swallows everything.
#include "io/plain/channel-null.hpp"

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void swallows_writes_and_reads_as_ended(void**) {
    const auto channel = ChannelNull::create();
    const Bytes data(100'000);
    std::byte byte{};
    assert_int_equal(**channel->write(data), data.size());
    assert_int_equal(**channel->write({}), 0);
    assert_int_equal(**channel->read({&byte, 1}), 0);
    assert_false(*read_all_or_end(*channel, {&byte, 1}));
}

void is_ready_for_whatever_is_asked(void**) {
    const auto channel = ChannelNull::create();
    assert_true(*wait(*channel, Condition::in) == Condition::in);
    assert_true(*wait(*channel, Condition::out) == Condition::out);
    int calls = 0;
    Watch watch(*channel, Condition::in, [&](Condition) { ++calls; });
    assert_true(run_until([&] { return calls == 3; }));
    watch.set_condition(Condition::none);
    drain();
    assert_int_equal(calls, 3);
}

// D11: what makes no sense here answers, and harms nothing.
void every_operation_has_an_answer(void**) {
    const auto channel = ChannelNull::create();
    assert_true(channel->set_blocking(Blocking::yes).has_value());
    assert_true(channel->shutdown(Direction::both).error().kind ==
                ErrorKind::not_supported);
    channel->set_delay(Hint::off);
    channel->set_cork(Hint::on);
    for (unsigned feature = 0; feature <= 6; ++feature)
        assert_false(channel->has_feature(Feature(feature)));
}

void is_closed_like_any_other(void**) {
    const auto channel = ChannelNull::create();
    assert_true(channel->close().has_value());
    assert_true(channel->close().has_value());
    std::byte byte{};
    assert_true(channel->read({&byte, 1}).error().kind == ErrorKind::closed);
    assert_true(channel->write({&byte, 1}).error().kind == ErrorKind::closed);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(swallows_writes_and_reads_as_ended),
        cmocka_unit_test(is_ready_for_whatever_is_asked),
        cmocka_unit_test(every_operation_has_an_answer),
        cmocka_unit_test(is_closed_like_any_other),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
