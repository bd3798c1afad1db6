// A web server of libsoup over channels.
#include <libsoup/soup.h>

#include <array>
#include <string>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "io/gio/channel-stream.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using AddressRef = Handle<GSocketAddress, &g_object_unref>;
using ServerRef = Handle<SoupServer, &g_object_unref>;

void answer(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
            gpointer) {
    const std::string text = std::string("you asked for ") + path;
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_COPY, text.data(),
                                     text.size());
    soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
}

std::string request(const std::string& path, const char* connection) {
    return "GET " + path + " HTTP/1.1\r\nHost: here\r\nConnection: " + connection +
           "\r\n\r\n";
}

/// Two requests one after the other, and what the server answers until it closes.
std::string conversation(Channel& client) {
    std::string received;
    bool ended = false;
    Watch watch(client, Condition::in, [&](Condition) {
        std::array<std::byte, 1000> buffer;
        const auto count = client.read(buffer);
        if (count && *count)
            received += as_text(std::span(buffer).first(**count));
        ended = !count || (*count && **count == 0);
        if (ended)
            watch.reset();
    });
    (void)write_all(client, as_bytes(request("/first", "keep-alive")));
    (void)run_until([&] { return ended || received.ends_with("/first"); });
    (void)write_all(client, as_bytes(request("/second", "close")));
    (void)run_until([&] { return ended; });
    return received;
}

void a_web_server_answers_over_a_channel(void**) {
    constexpr ChannelPair (*makers[])() = {
        [] { return make_pipe_pair(); },
        &make_unix_pair,
        [] { return put_websock_on(make_unix_pair()); },
    };
    for (const auto make : makers) {
        const ServerRef server(soup_server_new(nullptr, nullptr));
        soup_server_add_handler(server.get(), nullptr, &answer, nullptr, nullptr);
        // Only a server that listens somewhere keeps a connection for a second request.
        assert_true(soup_server_listen_local(server.get(), 0,
                                             SOUP_SERVER_LISTEN_IPV4_ONLY, nullptr));
        auto [client, end] = make();
        const auto stream = stream_from_channel(std::move(end));
        const AddressRef nowhere(g_inet_socket_address_new_from_string("127.0.0.1", 0));
        const bool accepted = soup_server_accept_iostream(
            server.get(), stream.get(), nowhere.get(), nowhere.get(), nullptr);
        const std::string received = accepted ? conversation(*client) : "";
        soup_server_disconnect(server.get());
        assert_true(received.starts_with("HTTP/1.1 200 OK\r\n"));
        assert_true(received.find("you asked for /first") != std::string::npos);
        assert_true(received.ends_with("you asked for /second"));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_web_server_answers_over_a_channel),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
