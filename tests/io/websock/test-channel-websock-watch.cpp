// Watches of a WebSocket channel: contexts, callbacks that let go, layers.
#include "io/websock/channel-websock.hpp"

#include "tests/support/stacks.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

// C-3: reading on one context, writing on another.
void two_contexts_share_a_channel(void**) {
    OpenWebsock server(make_pipe_pair(2000));
    const ContextRef other(g_main_context_new());
    std::string received;
    std::size_t sent = 0;
    const Bytes data(10'000, std::byte('d'));
    Watch reader(
        *server.channel, Condition::in,
        [&](Condition) { received += drained(*server.channel).text(); }, other.get());
    Watch writer(*server.channel, Condition::out, [&](Condition) {
        if (const auto count = server.channel->write(ByteView(data).subspan(sent));
            count && *count)
            sent += **count;
        if (sent == data.size())
            writer.set_condition(Condition::none);
    });
    std::size_t arrived = 0;
    for (int i = 0; i < 200; ++i) {
        server.send_frame(0x82, "x");
        server.send_frame(0x89, "ping");
        drain(other.get());
        drain();
        for (; !server.frames().empty(); server.parser.frames.pop_front())
            if (server.parser.frames.front().first_byte == 0x82)
                arrived += server.parser.frames.front().payload.size();
    }
    reader.reset();
    writer.reset();
    assert_int_equal(received.size(), 200);
    assert_int_equal(arrived, data.size());
    assert_false(server.parser.is_broken);
}

// What one watch's read leaves behind wakes the other context without new bytes.
void buffered_data_wakes_another_context(void**) {
    OpenWebsock server;
    const ContextRef other(g_main_context_new());
    std::string received;
    const Watch watch(
        *server.channel, Condition::in,
        [&](Condition) { received += drained(*server.channel).text(); }, other.get());
    server.send_frame(0x82, "ab");
    server.send_frame(0x82, "cd");
    std::byte first;
    assert_int_equal(**server.channel->read({&first, 1}), 1);
    assert_true(run_until([&] { return received == "bcd"; }, other.get()));
}

// C-2, D2: every callback may let go of the watch, the channel and the transport.
void every_callback_may_let_go_of_everything(void**) {
    struct Case {
        Condition asked;
        Bytes sent;
        bool peer_leaves;
    };
    const Case cases[] = {
        {Condition::in, client_frame(0x82, "data"), false},
        {Condition::in, client_frame(0x82, ""), true},
        {Condition::in, client_frame(0x88, ""), false},
        {Condition::in, client_frame(0x81, "text"), false},
        {Condition::in, Bytes(1, std::byte(0x82)), true},
        {Condition::out, client_frame(0x89, "ping"), false},
        {Condition::none, {}, true},
    };
    for (auto& [asked, sent, peer_leaves] : cases)
        for (const bool reads : {true, false}) {
            auto below = make_unix_pair();
            const std::weak_ptr<Channel> transport = below.second;
            OpenWebsock server(below);
            below.second.reset();
            const std::weak_ptr<ChannelWebsock> gone = server.channel;
            auto watch = std::make_unique<Watch>();
            bool called = false;
            auto* raw = server.channel.get();
            *watch = Watch(*raw, asked,
                           [&, channel = std::move(server.channel)](Condition) mutable {
                               if (reads)
                                   (void)drained(*channel);
                               watch.reset();
                               (void)channel->close();
                               channel.reset();
                               called = true;
                           });
            server.send(sent);
            if (peer_leaves)
                (void)server.peer->close();
            assert_true(run_until([&] { return called; }));
            assert_true(drain() < 10);
            assert_true(gone.expired());
            assert_true(transport.expired());
        }
}

// A close in the callback of one watch is told to the other, once.
void closing_tells_every_watch_once(void**) {
    OpenWebsock server;
    int told = 0;
    Watch other(*server.channel, Condition::out, [&](Condition condition) {
        told += has(condition, Condition::hup);
        if (!has(condition, Condition::hup))
            other.set_condition(Condition::none);
    });
    drain();
    Watch watch(*server.channel, Condition::in,
                [&](Condition) { (void)server.channel->close(); });
    server.send_frame(0x82, "x");
    assert_true(run_until([&] { return told != 0; }));
    assert_true(drain() < 10);
    assert_int_equal(told, 1);
}

// A ping is no data: the watch may wake for it, and sleeps again.
void control_frames_do_not_keep_a_watch_awake(void**) {
    OpenWebsock server;
    int calls = 0;
    std::string received;
    const Watch watch(*server.channel, Condition::in, [&](Condition) {
        ++calls;
        received += drained(*server.channel).text();
    });
    for (int i = 0; i < 10; ++i)
        server.send_frame(i % 2 ? 0x89 : 0x8A, "x");
    server.send(std::string_view("\x82\x85", 2)); // the front of a header
    assert_true(drain() < 10);
    assert_int_equal(server.frames().size(), 5);
    assert_in_range(calls, 1, 3);
    assert_true(received.empty());
}

// The pong of a ping that the inner layer's owner never sees.
void layers_answer_each_for_themselves(void**) {
    auto outer = put_websock_on(make_pipe_pair());
    OpenWebsock inner(outer);
    assert_true(inner.is_open);
    const Watch watch(*inner.channel, Condition::in,
                      [&](Condition) { (void)drained(*inner.channel); });
    inner.send_frame(0x89, "inner");
    assert_true(run_until([&] { return inner.frames().size() == 1; }));
    assert_true(as_text(inner.frames().front().payload) == "inner");
    // A violation inside closes the inner connection, and with it the outer one.
    std::optional<Error> error;
    inner.send_frame(0x81, "text");
    error = drained_to_end(*inner.channel).error;
    assert_true(error && error->kind == ErrorKind::protocol);
    assert_int_equal(close_code_of(inner.frames().back()), 1003);
    assert_true(inner.has_peer_ended());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(two_contexts_share_a_channel),
        cmocka_unit_test(buffered_data_wakes_another_context),
        cmocka_unit_test(every_callback_may_let_go_of_everything),
        cmocka_unit_test(closing_tells_every_watch_once),
        cmocka_unit_test(control_frames_do_not_keep_a_watch_awake),
        cmocka_unit_test(layers_answer_each_for_themselves),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
