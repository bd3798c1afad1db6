// A WebSocket says when what it has queued itself has left.
#include "io/websock/channel-websock.hpp"

#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void a_flush_waits_for_what_is_queued(void**) {
    OpenWebsock open;
    assert_true(open.is_open);
    assert_true(open.channel->flush()->has_value());
    const Bytes block(4096);
    for (auto sent = open.channel->transport().write(block); *sent;)
        sent = open.channel->transport().write(block);
    assert_true(*open.channel->send_ping(as_bytes("there?")));
    assert_false(open.channel->flush()->has_value());
    (void)drained(*open.peer);
    assert_true(open.channel->flush()->has_value());
    const auto rest = drained(*open.peer);
    assert_true(rest.text().ends_with("there?"));
}

void a_watch_for_out_tells_when_to_flush_again(void**) {
    OpenWebsock open;
    const Bytes block(4096);
    for (auto sent = open.channel->transport().write(block); *sent;)
        sent = open.channel->transport().write(block);
    assert_true(*open.channel->send_ping({}));
    bool is_flushed = false;
    const Watch watch(*open.channel, Condition::out, [&](Condition) {
        const auto flushed = open.channel->flush();
        is_flushed = is_flushed || (flushed && *flushed);
    });
    (void)drained(*open.peer);
    assert_true(run_until([&] { return is_flushed; }));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_flush_waits_for_what_is_queued),
        cmocka_unit_test(a_watch_for_out_tells_when_to_flush_again),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
