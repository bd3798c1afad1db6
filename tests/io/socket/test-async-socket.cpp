// Connecting and accepting in coroutines.
#include "io/socket/async-socket.hpp"

#include <array>
#include <string>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

std::shared_ptr<ChannelSocket> listen_on_loopback() {
    return *ChannelSocket::listen(InetAddress{.host = "127.0.0.1", .port = "0"}, 16);
}

Co<void> serve(std::shared_ptr<ChannelSocket> listener, std::stop_token stop, int& served,
               std::optional<Error>& ended) {
    AsyncListener clients(std::move(listener));
    for (;;) {
        auto client = co_await clients.accept({}, stop);
        if (!client) {
            ended = client.error();
            co_return;
        }
        AsyncChannel io(*client);
        std::array<std::byte, 5> buffer;
        const auto got = co_await io.read_all_or_end(buffer);
        if (got && *got)
            (void)co_await io.write_all(buffer);
        ++served;
    }
}

Co<Result<std::string>> ask(SocketAddress address) {
    const auto channel = co_await async_connect(std::move(address));
    if (!channel)
        co_return channel.error();
    AsyncChannel io(*channel);
    const auto sent = co_await io.write_all(as_bytes("hello"));
    if (!sent)
        co_return sent.error();
    std::array<std::byte, 5> buffer;
    const auto got = co_await io.read_all_or_end(buffer);
    if (!got)
        co_return got.error();
    co_return std::string(as_text(buffer));
}

void a_server_and_its_clients_are_coroutines(void**) {
    const auto listener = listen_on_loopback();
    std::stop_source source;
    int served = 0;
    int answered = 0;
    std::optional<Error> ended;
    spawn(nullptr, serve(listener, source.get_token(), served, ended));
    for (int i = 0; i < 5; ++i)
        spawn<std::string>(nullptr, ask(*listener->local_address()),
                           [&](Result<std::string> answer) {
                               if (answer && *answer == "hello")
                                   ++answered;
                           });
    assert_true(run_until([&] { return served == 5 && answered == 5; }));
    assert_false(ended.has_value());
    source.request_stop();
    assert_true(run_until([&] { return ended.has_value(); }));
    assert_true(ended->kind == ErrorKind::cancelled);
}

void connecting_to_nobody_is_an_error(void**) {
    const auto listener = listen_on_loopback();
    const auto address = *listener->local_address();
    (void)listener->close();
    std::optional<ErrorKind> error;
    spawn<std::string>(nullptr, ask(address), [&](Result<std::string> answer) {
        if (!answer)
            error = answer.error().kind;
    });
    assert_true(run_until([&] { return error.has_value(); }));
    assert_true(*error == ErrorKind::refused);
}

void accepting_ends_with_the_listener(void**) {
    const auto listener = listen_on_loopback();
    int served = 0;
    std::optional<Error> ended;
    spawn(nullptr, serve(listener, {}, served, ended));
    drain();
    (void)listener->close();
    assert_true(run_until([&] { return ended.has_value(); }));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_server_and_its_clients_are_coroutines),
        cmocka_unit_test(connecting_to_nobody_is_an_error),
        cmocka_unit_test(accepting_ends_with_the_listener),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
