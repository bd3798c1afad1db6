// Bytes that were read ahead come first.
#include "io/plain/channel-prefixed.hpp"

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

Bytes bytes_of(std::string_view text) {
    const auto view = as_bytes(text);
    return {view.begin(), view.end()};
}

struct Prefixed {
    explicit Prefixed(const ChannelPair& below = make_pipe_pair())
        : peer(below.first),
          channel(std::make_shared<ChannelPrefixed>(bytes_of("first "), below.second)) {}
    std::shared_ptr<Channel> peer;
    std::shared_ptr<ChannelPrefixed> channel;
};

void the_prefix_is_read_first_whatever_the_buffers(void**) {
    for (const std::size_t chunk : {1u, 2u, 5u, 6u, 7u, 100u}) {
        Prefixed ends;
        assert_true(write_all(*ends.peer, as_bytes("then")).has_value());
        (void)ends.peer->shutdown(Direction::write);
        const auto read = drained_to_end(*ends.channel, chunk);
        assert_string_equal(read.text().c_str(), "first then");
        assert_true(read.ended);
    }
    Prefixed ends;
    std::byte one[2], two[3];
    const iovec vectors[] = {to_iovec(MutableBytes(one)), to_iovec(MutableBytes(two))};
    assert_int_equal(**ends.channel->readv(vectors), 5);
    assert_true(as_text(one) == "fi" && as_text(two) == "rst");
}

void a_watch_is_woken_by_the_prefix_and_not_by_nothing(void**) {
    Prefixed ends;
    int calls = 0;
    const Watch watch(*ends.channel, Condition::in, [&](Condition ready) {
        std::byte byte{};
        calls += has(ready, Condition::in) ? 1 : 0;
        (void)ends.channel->read({&byte, 1});
    });
    assert_true(run_until([&] { return calls == 6; }));
    assert_int_equal(drain(), 0);
    assert_int_equal(calls, 6);
    assert_true(write_all(*ends.peer, as_bytes("x")).has_value());
    assert_true(run_until([&] { return calls == 7; }));
}

void a_peer_that_has_gone_does_not_hide_the_prefix(void**) {
    Prefixed ends(make_unix_pair());
    (void)ends.peer->close();
    const auto ready = wait(*ends.channel, Condition::in, {});
    assert_true(ready && has(*ready, Condition::in));
    assert_string_equal(drained(*ends.channel).text().c_str(), "first ");
}

void the_rest_goes_straight_through(void**) {
    Prefixed ends;
    assert_true(write_all(*ends.channel, as_bytes("out")).has_value());
    assert_string_equal(drained(*ends.peer).text().c_str(), "out");
    assert_int_equal(ends.channel->moved(), 3);
    assert_true(ends.channel->flush()->has_value());
    assert_true(ends.channel->shutdown(Direction::write).has_value());
    assert_true(drained_to_end(*ends.peer).ended);
    assert_true(ends.channel->close().has_value());
    assert_false(ends.channel->read({}).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_prefix_is_read_first_whatever_the_buffers),
        cmocka_unit_test(a_watch_is_woken_by_the_prefix_and_not_by_nothing),
        cmocka_unit_test(a_peer_that_has_gone_does_not_hide_the_prefix),
        cmocka_unit_test(the_rest_goes_straight_through),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
