// Datagram sockets: between two addresses, whole or not at all, and never at an end.
#include <sys/socket.h>

#include <array>

#include "io/core/wait.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using Socket = std::shared_ptr<ChannelSocket>;

const InetAddress anywhere{.host = "", .port = ""};

/// Two datagram sockets that know each other.
struct Pair {
    explicit Pair(const char* host) {
        const InetAddress discard{.host = host, .port = "9"};
        const auto first = ChannelSocket::datagram(anywhere, discard);
        if (!first)
            return;
        far = ChannelSocket::datagram(InetAddress{.host = host, .port = "0"},
                                      std::get<InetAddress>(*(*first)->local_address()))
                  .value();
        near = ChannelSocket::datagram(std::get<InetAddress>(*(*first)->local_address()),
                                       std::get<InetAddress>(*far->local_address()))
                   .value();
    }
    Socket near;
    Socket far;
};

IoResult read_next(Channel& channel, MutableBytes buffer) {
    (void)wait(channel, Condition::in,
               {.deadline = deadline_after(std::chrono::seconds(20))});
    return channel.read(buffer);
}

void sends_and_receives_whole_messages(void**) {
    for (const char* host : {"127.0.0.1", "::1", ""}) {
        const Pair pair(host);
        if (!pair.near)
            continue; // the machine has no IPv6
        assert_true(pair.near->write(as_bytes("one")).has_value());
        assert_true(pair.near->write(as_bytes("three")).has_value());
        std::array<std::byte, 64> buffer;
        assert_int_equal(**read_next(*pair.far, buffer), 3);
        assert_int_equal(**read_next(*pair.far, buffer), 5);
        assert_true(*pair.far->remote_address() == *pair.near->local_address());
        const auto nothing = pair.far->read(buffer);
        assert_true(nothing.has_value() && !*nothing);
    }
}

void a_message_larger_than_the_buffer_is_an_error(void**) {
    const Pair pair("127.0.0.1");
    (void)pair.near->write(as_bytes("too large"));
    (void)pair.near->write(as_bytes("fits"));
    std::array<std::byte, 4> buffer;
    assert_true(read_next(*pair.far, buffer).error().kind == ErrorKind::limit);
    // The next one is whole again, also after a look at it.
    const iovec vector = to_iovec(MutableBytes(buffer).first(2));
    (void)wait(*pair.far, Condition::in);
    assert_int_equal(**pair.far->readv({&vector, 1}, {.peek = true}), 2);
    assert_int_equal(**read_next(*pair.far, buffer), 4);
    const Bytes huge(70000);
    assert_true(pair.near->write(huge).error().kind == ErrorKind::limit);
}

void an_empty_message_is_no_end(void**) {
    const Pair pair("127.0.0.1");
    std::array<std::byte, 8> buffer;
    const iovec vector = to_iovec(MutableBytes(buffer));
    for (const bool peek : {false, true}) {
        for (int i = 0; i < 3; ++i)
            (void)::send(pair.near->fd(), "", 0, 0);
        (void)wait(*pair.far, Condition::in);
        const auto nothing = pair.far->readv({&vector, 1}, {.peek = peek});
        assert_true(nothing.has_value() && !*nothing);
    }
    // A look passes over them too.
    (void)::send(pair.near->fd(), "", 0, 0);
    (void)pair.near->write(as_bytes("y"));
    (void)wait(*pair.far, Condition::in);
    assert_int_equal(pair.far->readv({&vector, 1}, {.peek = true})->value_or(0), 1);
    assert_int_equal(**pair.far->read(buffer), 1);
    // Any number of them holds nobody up.
    for (int i = 0; i < 150; ++i)
        (void)::send(pair.near->fd(), "", 0, 0);
    (void)pair.near->write(as_bytes("x"));
    bool read = false;
    for (int attempts = 0; attempts < 10 && !read; ++attempts)
        read = read_next(*pair.far, buffer)->value_or(0) == 1;
    assert_true(read);
}

void reading_ends_where_it_was_shut_down(void**) {
    const Pair pair("127.0.0.1");
    assert_true(pair.far->shutdown(Direction::read).has_value());
    (void)pair.far->set_blocking(Blocking::yes);
    std::array<std::byte, 8> buffer;
    assert_int_equal(**pair.far->read(buffer), 0);
}

void nobody_there_is_told_with_a_later_call(void**) {
    const Pair pair("127.0.0.1");
    (void)pair.far->close();
    (void)pair.near->write(as_bytes("x"));
    std::array<std::byte, 8> buffer;
    assert_true(read_next(*pair.near, buffer).error().kind == ErrorKind::refused);
}

void what_has_no_end_to_send_to_is_refused(void**) {
    for (const char* port : {"", "0"}) {
        const auto nowhere =
            ChannelSocket::datagram(anywhere, {.host = "127.0.0.1", .port = port});
        assert_true(nowhere.error().kind == ErrorKind::invalid_argument);
    }
    const InetAddress remote{.host = "127.0.0.1", .port = "9"};
    const auto elsewhere =
        ChannelSocket::datagram({.host = "192.0.2.1", .port = "0"}, remote);
    assert_true(elsewhere.error().kind == ErrorKind::not_found);
    assert_true(elsewhere.error().message.starts_with("tcp:192.0.2.1:0"));
    const auto mixed = ChannelSocket::datagram({.host = "::1", .port = "0"}, remote);
    assert_false(mixed.has_value());
}

void features_are_those_of_any_socket(void**) {
    const Pair pair("127.0.0.1");
    assert_true(pair.near->has_feature(Feature::read_msg_peek));
    assert_true(pair.near->has_feature(Feature::shutdown));
    assert_false(pair.near->has_feature(Feature::fd_pass));
    assert_false(pair.near->has_feature(Feature::listen));
}

struct Outcome {
    int calls = 0;
    Result<Socket> result = Error{ErrorKind::io, 0, "none yet"};

    auto completion() {
        return [this](Result<Socket> outcome) {
            ++calls;
            result = std::move(outcome);
        };
    }
};

void names_are_looked_up_in_the_background(void**) {
    Outcome outcome;
    ChannelSocket::datagram(anywhere, {.host = "localhost", .port = "9"}, {},
                            outcome.completion());
    assert_int_equal(outcome.calls, 0);
    assert_true(run_until([&] { return outcome.calls != 0; }));
    assert_true(outcome.result.has_value());
    assert_true((*outcome.result)->remote_address().has_value());
    Outcome refused;
    ChannelSocket::datagram(anywhere, {.host = "127.0.0.1", .port = ""}, {},
                            refused.completion());
    assert_true(run_until([&] { return refused.calls != 0; }));
    assert_int_equal(int(refused.result.error().kind), int(ErrorKind::invalid_argument));
}

void a_look_up_that_was_given_up_tells_so_once(void**) {
    std::stop_source source;
    source.request_stop();
    Outcome outcome;
    ChannelSocket::datagram(anywhere, {.host = "localhost", .port = "9"},
                            {.stop = source.get_token()}, outcome.completion());
    assert_true(run_until([&] { return outcome.calls != 0; }));
    // The look-up may have been faster.
    assert_true(outcome.result || outcome.result.error().kind == ErrorKind::cancelled);
    assert_int_equal(outcome.calls, 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(sends_and_receives_whole_messages),
        cmocka_unit_test(a_message_larger_than_the_buffer_is_an_error),
        cmocka_unit_test(an_empty_message_is_no_end),
        cmocka_unit_test(reading_ends_where_it_was_shut_down),
        cmocka_unit_test(nobody_there_is_told_with_a_later_call),
        cmocka_unit_test(what_has_no_end_to_send_to_is_refused),
        cmocka_unit_test(features_are_those_of_any_socket),
        cmocka_unit_test(names_are_looked_up_in_the_background),
        cmocka_unit_test(a_look_up_that_was_given_up_tells_so_once),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
