// Asking a proxy for a tunnel: the text, and the way over a channel.
#include "io/websock/http-connect.hpp"

#include <cstring>
#include <vector>

#include "io/core/transfer.hpp"
#include "io/websock/channel-websock.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/scripted-channel.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using std::chrono::milliseconds;

namespace {

const std::string ok = "HTTP/1.1 200 Connection established\r\n\r\n";

void the_request_names_target_and_credentials(void**) {
    const ws::HttpConnectOptions options{
        .target = "vm.example:5901",
        .credentials = ws::ProxyCredentials{"Aladdin", "open sesame"},
        .fields = {{"User-Agent", "x"}}};
    // The credentials are those of RFC 7617 §2.
    assert_string_equal(ws::make_connect_request(options)->c_str(),
                        "CONNECT vm.example:5901 HTTP/1.1\r\n"
                        "Host: vm.example:5901\r\n"
                        "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
                        "User-Agent: x\r\n"
                        "\r\n");
    assert_string_equal(ws::make_connect_request({.target = "[::1]:1"})->c_str(),
                        "CONNECT [::1]:1 HTTP/1.1\r\nHost: [::1]:1\r\n\r\n");
}

void what_cannot_be_sent_is_refused(void**) {
    std::vector<ws::HttpConnectOptions> wrong;
    for (const char* target :
         {"", "name", "name:", ":1", "a b:1", "a:1\r\nX: y", "a/b:1"})
        wrong.push_back({.target = target});
    for (const ws::ProxyCredentials& who : {ws::ProxyCredentials{"a:b", ""},
                                            {"a\r\nX: y", ""},
                                            {"a", std::string(1, '\0')}})
        wrong.push_back({.target = "a:1", .credentials = who});
    for (const ws::HttpField& field :
         {ws::HttpField{"Host", "x"}, {"A", "b\n"}, {"", "x"}, {"Content-Length", "5"}})
        wrong.push_back({.target = "a:1", .fields = {field}});
    for (auto& options : wrong)
        assert_true(ws::make_connect_request(options).error().kind ==
                    ErrorKind::invalid_argument);
}

void responses_are_told_apart(void**) {
    const struct {
        const char* head;
        std::optional<ErrorKind> error;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", {}},
        {"HTTP/1.0 200\r\n\r\n", {}},
        {"HTTP/1.1 204 x\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n",
         {}},
        {"HTTP/1.1 407 Who?\r\n\r\n", ErrorKind::permission_denied},
        {"HTTP/1.1 403 No\r\n\r\n", ErrorKind::permission_denied},
        {"HTTP/1.1 502 x\r\n\r\n", ErrorKind::protocol},
        {"HTTP/1.1 301 x\r\n\r\n", ErrorKind::protocol},
        {"HTTP/1.1 101 x\r\n\r\n", ErrorKind::protocol},
        {"HTTP/2 200\r\n\r\n", ErrorKind::protocol},
        {"ICY 200 OK\r\n\r\n", ErrorKind::protocol},
        {"HTTP/1.1 200 OK\r\nA b\r\n\r\n", ErrorKind::protocol},
        {"HTTP/1.1 200 OK\r\n", ErrorKind::protocol},
    };
    for (auto& [head, error] : cases) {
        const auto result = ws::check_connect_response(as_bytes(head), {});
        assert_int_equal(result.has_value(), !error);
        if (error)
            assert_true(result.error().kind == *error);
    }
}

/// A proxy in a test's hands.
struct Proxy {
    explicit Proxy(ws::HttpConnectOptions options = {.target = "vm.example:5901"},
                   const Script& script = {}, const OperationOptions& operation = {}) {
        auto [first, second] = make_pipe_pair();
        proxy = first;
        channel = std::make_shared<ScriptedChannel>(second, script);
        ws::http_connect(channel, std::move(options), operation, [this](auto result) {
            ++completions;
            if (!result)
                error = std::move(result).error();
        });
    }
    void answer(std::string_view text) {
        (void)write_all(*proxy, as_bytes(text),
                        {.deadline = deadline_after(std::chrono::seconds(20))});
    }
    bool is_done() {
        return run_until([this] { return completions != 0; }) && drain() < 10 &&
               completions == 1;
    }
    std::shared_ptr<Channel> proxy;
    std::shared_ptr<ScriptedChannel> channel;
    int completions = 0;
    std::optional<Error> error;
};

// What belongs to the tunnel stays in it, whatever the transport makes of the pieces.
void what_comes_behind_the_head_is_not_lost(void**) {
    for (const char* head :
         {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 \r\nVia: \r\r\r\n\r\n",
          "HTTP/1.1 200 Yes\r\nA: b\r\nC: \xFF\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"})
        for (std::size_t chunk = 1; chunk < 10; ++chunk)
            for (const unsigned block : {0u, 2u, 3u}) {
                Proxy proxy({.target = "vm.example:5901"},
                            {.max_chunk = chunk, .block_every = block});
                proxy.answer(head + std::string("\r\n\r\nRFB 003.008\n"));
                assert_true(proxy.is_done());
                const bool has_bare_cr = strstr(head, "\r\r") != nullptr;
                assert_int_equal(proxy.error.has_value(), has_bare_cr);
                std::string rest;
                for (int i = 0; i < 100; ++i)
                    rest += drained(*proxy.channel).text();
                assert_string_equal(rest.c_str(), "\r\n\r\nRFB 003.008\n");
            }
}

void a_websocket_goes_through_the_tunnel(void**) {
    Proxy proxy;
    std::string request;
    assert_true(run_until([&] {
        request += drained(*proxy.proxy).text();
        return request.ends_with("\r\n\r\n");
    }));
    assert_true(request.starts_with("CONNECT vm.example:5901 HTTP/1.1\r\n"));
    proxy.answer(ok);
    assert_true(proxy.is_done());
    const auto server = ChannelWebsock::server(proxy.proxy);
    const auto client =
        ChannelWebsock::client(proxy.channel, {.host = "vm.example:5901"});
    int done = 0;
    for (auto& end : {server, client})
        end->handshake({}, [&](Result<void> result) { done += !!result; });
    assert_true(run_until([&] { return done == 2; }));
}

void a_proxy_that_leaves_ends_it_at_every_byte(void**) {
    for (std::size_t cut = 0; cut <= ok.size(); ++cut) {
        Proxy proxy;
        proxy.answer(ok.substr(0, cut));
        (void)proxy.proxy->shutdown(Direction::write);
        assert_true(proxy.is_done());
        assert_int_equal(proxy.error.has_value(), cut < ok.size());
        if (proxy.error)
            assert_true(proxy.error->kind == ErrorKind::disconnected);
    }
}

void a_failure_at_any_operation_is_told_once(void**) {
    for (unsigned n = 1; n < 12; ++n) {
        Proxy proxy({.target = "vm.example:5901"}, {.max_chunk = 30, .fail_at = n});
        proxy.answer(ok);
        assert_true(proxy.is_done());
        assert_int_equal(proxy.error.has_value(), proxy.channel->has_failed());
    }
}

void a_head_without_an_end_is_refused_at_the_limit(void**) {
    for (const char* flood : {"X: y\r\n", "HTTP/1.1 102 x\r\n\r\n"}) {
        Proxy proxy({.target = "vm.example:5901", .limits = {.max_head_bytes = 300}});
        std::string text = flood[0] == 'X' ? "HTTP/1.1 200 OK\r\n" : "";
        while (text.size() < 1000)
            text += flood;
        proxy.answer(text);
        assert_true(proxy.is_done());
        assert_true(proxy.error && proxy.error->kind == ErrorKind::limit);
        assert_true(drained(*proxy.channel).data.size() >= text.size() - 300);
    }
}

void it_ends_in_time_and_when_told_to(void**) {
    Proxy late({.target = "vm.example:5901", .deadline = milliseconds(5)});
    assert_true(late.is_done());
    assert_true(late.error->kind == ErrorKind::timed_out);
    std::stop_source stop;
    Proxy stopped({.target = "vm.example:5901"}, {}, {.stop = stop.get_token()});
    drain();
    stop.request_stop();
    assert_true(stopped.is_done());
    assert_true(stopped.error->kind == ErrorKind::cancelled);
    Proxy closed;
    drain();
    (void)closed.channel->close();
    assert_true(closed.is_done());
    assert_true(closed.error->kind == ErrorKind::closed);
    Proxy unsendable({.target = "no port"});
    assert_int_equal(unsendable.completions, 0);
    assert_true(unsendable.is_done());
    assert_true(unsendable.error->kind == ErrorKind::invalid_argument);
    // Nothing of any of them keeps a channel.
    for (auto* proxy : {&late, &stopped, &closed, &unsendable})
        assert_int_equal(proxy->channel.use_count(), 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_request_names_target_and_credentials),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(responses_are_told_apart),
        cmocka_unit_test(what_comes_behind_the_head_is_not_lost),
        cmocka_unit_test(a_websocket_goes_through_the_tunnel),
        cmocka_unit_test(a_proxy_that_leaves_ends_it_at_every_byte),
        cmocka_unit_test(a_failure_at_any_operation_is_told_once),
        cmocka_unit_test(a_head_without_an_end_is_refused_at_the_limit),
        cmocka_unit_test(it_ends_in_time_and_when_told_to),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
