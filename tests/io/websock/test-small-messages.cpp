// Small messages that were received together: each is taken in one step, if nothing about
// it is special.
#include "io/websock/websock-messages.hpp"
#include "tests/io/websock/from-hex.hpp"
#include "tests/support/websock-peer.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

/// A server's end with a message behind it, so that what follows has been received.
struct MessageServer : OpenWebsock {
    explicit MessageServer(const Bytes& following, std::size_t max_message = 1000)
        : messages(channel, max_message) {
        Bytes wire = client_frame(0x82, "first");
        wire.insert(wire.end(), following.begin(), following.end());
        send(wire);
        first = text_of(messages.receive_message());
    }
    static std::string text_of(const Result<std::optional<Message>>& message) {
        if (!message)
            return "error " + message.error().message;
        if (!*message)
            return "nothing";
        return std::string((*message)->kind == MessageKind::text ? "text " : "binary ") +
               std::string(as_text((*message)->data));
    }
    std::string next() { return text_of(messages.receive_message()); }
    bool is_readable() const {
        return has(channel->interest(Condition::in).ready, Condition::in);
    }

    WebsockMessages messages;
    std::string first;
};

void every_length_and_kind_comes_as_it_was_sent(void**) {
    for (const std::size_t size : {0u, 1u, 3u, 4u, 64u, 124u, 125u, 126u, 1000u})
        for (const unsigned first_byte : {0x81u, 0x82u}) {
            const std::string text(size, 'x');
            MessageServer server(client_frame(first_byte, text));
            assert_string_equal(server.first.c_str(), "binary first");
            assert_true(server.is_readable());
            assert_true(server.next() ==
                        (first_byte == 0x81 ? "text " : "binary ") + text);
            assert_false(server.is_readable());
            assert_string_equal(server.next().c_str(), "nothing");
        }
}

// P-WS-11 holds for the messages behind the first as well.
void what_breaks_the_rules_is_found_behind_other_messages(void**) {
    const struct {
        Bytes frame;
        int code;
    } cases[] = {
        {client_frame(0x81, "\xFF"), 1007},
        {client_frame(0x81, "cut \xC3"), 1007},
        {client_frame(0xC2, "reserved"), 1002},
        {client_frame(0x80, "nothing begun"), 1002},
        {ws::from_hex("82 01 61"), 1002},
        {client_frame(0x82, "much too long"), 1009},
    };
    for (auto& [frame, code] : cases) {
        MessageServer server(frame, 10);
        assert_true(server.next().starts_with("error "));
        assert_int_equal(close_code_of(server.frames().front()), code);
        assert_true(server.next().starts_with("error "));
    }
}

void a_message_longer_than_the_limit_is_refused_however_small(void**) {
    for (const std::size_t limit : {5u, 6u}) {
        MessageServer server(client_frame(0x82, "sixsix"), limit);
        assert_string_equal(server.first.c_str(), "binary first");
        assert_int_equal(server.next() == "binary sixsix", limit == 6);
    }
}

void nothing_is_told_behind_the_end(void**) {
    MessageServer closed(client_frame(0x82, "more"));
    assert_true(closed.channel->close().has_value());
    assert_true(closed.next().starts_with("error "));
    MessageServer shut(client_frame(0x82, "more"));
    assert_true(shut.channel->shutdown(Direction::read).has_value());
    assert_string_equal(shut.next().c_str(), "binary ");
}

// A reader that finds more than it takes is given larger pieces, and loses nothing by it.
void a_flood_comes_whole_and_in_order(void**) {
    Bytes wire;
    for (int i = 0; i < 4000; ++i) {
        const auto frame = client_frame(0x82, std::to_string(i) + std::string(60, '.'));
        wire.insert(wire.end(), frame.begin(), frame.end());
    }
    OpenWebsock server(make_pipe_pair(1 << 20));
    WebsockMessages messages(server.channel);
    for (int time = 0; time < 2; ++time) {
        server.send(wire);
        for (int i = 0; i < 4000; ++i)
            assert_true(MessageServer::text_of(messages.receive_message()) ==
                        "binary " + std::to_string(i) + std::string(60, '.'));
        assert_string_equal(MessageServer::text_of(messages.receive_message()).c_str(),
                            "nothing");
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_length_and_kind_comes_as_it_was_sent),
        cmocka_unit_test(what_breaks_the_rules_is_found_behind_other_messages),
        cmocka_unit_test(a_message_longer_than_the_limit_is_refused_however_small),
        cmocka_unit_test(nothing_is_told_behind_the_end),
        cmocka_unit_test(a_flood_comes_whole_and_in_order),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
