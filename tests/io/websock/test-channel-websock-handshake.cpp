// The opening handshake over a channel: what is accepted, and what is answered.
#include "io/websock/channel-websock.hpp"

#include "tests/io/websock/handshake-request.hpp"
#include "tests/support/websock-server.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using ws::Request;

namespace {

const std::string good_request = Request{}.text();

/// Runs the loop until the response and the end of the stream are there.
void receive_to_end(WebsockServer& server) {
    run_until([&] {
        server.receive_response();
        return server.peer_ended || server.completions != 0;
    });
    server.receive_response();
}

/// Whether a refusal has all a client needs: status, blank line, and its whole body.
bool is_whole_refusal(const std::string& text, int status) {
    const auto end = text.find("\r\n\r\n");
    const auto body = end == text.npos ? "" : text.substr(end + 4);
    return text.starts_with("HTTP/1.1 " + std::to_string(status) + " ") &&
           !body.empty() &&
           ws::has_line(text, "Content-Length: " + std::to_string(body.size())) &&
           !ws::has_field(text, "Sec-WebSocket-Accept");
}

struct Refusal {
    const char* name;
    int status;
    std::string request;
};

std::string padded_to(std::size_t size) {
    const std::string start = "X-Padding: ";
    Request request{.more = start + "\r\n"};
    request.more = start + std::string(size - request.text().size(), 'a') + "\r\n";
    return request.text();
}

std::vector<Refusal> refusals() {
    std::string many;
    for (int i = 0; i < 28; ++i)
        many += "X-" + std::to_string(i) + ": y\r\n";
    const std::string two_hosts = "Host: a\r\nHost: b\r\n";
    return {
        {"POST", 405, Request{.line = "POST / HTTP/1.1"}.text()},
        {"HTTP/1.0", 400, Request{.line = "GET / HTTP/1.0"}.text()},
        {"HTTP/2.0", 505, Request{.line = "GET / HTTP/2.0"}.text()},
        {"no Host", 400, Request{.host = ""}.text()},
        {"two Hosts", 400, Request{.host = two_hosts}.text()},
        {"no Upgrade", 426, Request{.upgrade = ""}.text()},
        {"keep-alive only", 400,
         Request{.connection = "Connection: keep-alive\r\n"}.text()},
        {"version 8", 426, Request{.version = "Sec-WebSocket-Version: 8\r\n"}.text()},
        {"no key", 400, Request{.key = ""}.text()},
        {"short key", 400, Request{.key = "Sec-WebSocket-Key: AAAA\r\n"}.text()},
        {"other path", 404, Request{.line = "GET /secret HTTP/1.1"}.text()},
        {"foreign page", 403, Request{.more = "Origin: https://evil.example\r\n"}.text()},
        {"sub-protocol", 400,
         Request{.more = "Sec-WebSocket-Protocol: nonbinary\r\n"}.text()},
        {"sub-protocol's case", 400,
         Request{.more = "Sec-WebSocket-Protocol: BINARY\r\n"}.text()},
        {"body", 400, Request{.more = "Content-Length: 4\r\n"}.text() + "body"},
        {"NUL", 400, Request{.more = std::string("X: \0\r\n", 6)}.text()},
        {"bare LF", 400, Request{.more = "X: y\nZ: w\r\n"}.text()},
        {"folded", 400, Request{.more = "X: y\r\n z\r\n"}.text()},
        {"no colon", 400, Request{.more = "X y\r\n"}.text()},
        {"33 fields", 431, Request{.more = many}.text()},
        {"4097 bytes", 431, padded_to(4097)},
        {"no end", 431, good_request.substr(0, 60) + std::string(8000, 'a')},
        {"not HTTP", 400, "RFB 003.008\n\r\n\r\n"},
    };
}

// D9, IO-08, IO-09, P-WS-01, P-WS-03, P-WS-04, P-WS-05, P-WS-19, P-WS-20, O-39.
void every_refusal_is_answered_in_full_and_then_ends(void**) {
    auto policy = ws::vnc_listener_policy();
    policy.paths = {"/"};
    for (auto& [name, status, request] : refusals()) {
        WebsockServer server(policy);
        server.start();
        server.send(request);
        receive_to_end(server);
        if (!is_whole_refusal(server.response, status))
            print_error("%s: %s\n", name, server.response.c_str());
        assert_true(is_whole_refusal(server.response, status));
        assert_true(server.peer_ended);
        // The peer has the time to read it: the end comes when it leaves.
        drain();
        assert_int_equal(server.completions, 0);
        (void)server.peer->close();
        assert_true(server.wait_until_done());
        assert_int_equal(server.completions, 1);
        assert_true(server.error && server.error->kind == ErrorKind::protocol);
        assert_true(server.error->message.contains(std::to_string(status)));
    }
}

void a_good_request_is_accepted(void**) {
    struct Case {
        std::string more;
        std::string chosen;
    };
    for (auto& [more, chosen] : {
             Case{"", ""},
             // IO-10, P-WS-19.
             Case{"Sec-WebSocket-Protocol: binary\r\n", "binary"},
             Case{"Sec-WebSocket-Protocol: base64 , binary\r\n", "binary"},
             // O-40, O-41: extensions are offered in vain.
             Case{"Sec-WebSocket-Extensions: permessage-deflate\r\n", ""},
             Case{"Origin: http://server.example\r\n", ""},
         }) {
        WebsockServer server;
        server.start();
        server.send(Request{.line = "GET /p?q HTTP/1.1", .more = more}.text());
        assert_true(server.wait_until_done());
        server.receive_response();
        assert_false(server.error.has_value());
        assert_true(server.response.starts_with("HTTP/1.1 101 "));
        assert_true(server.response.contains(ws::accept_line));
        assert_true(server.response.ends_with("\r\n\r\n"));
        assert_false(ws::has_field(server.response, "Sec-WebSocket-Extensions"));
        assert_int_equal(ws::has_field(server.response, "Sec-WebSocket-Protocol"),
                         !chosen.empty());
        assert_string_equal(server.channel->sub_protocol().c_str(), chosen.c_str());
        assert_string_equal(server.channel->request().path.c_str(), "/p");
        assert_string_equal(server.channel->request().query.c_str(), "q");
        server.send_frame(0x82, "hello");
        assert_string_equal(drained(*server.channel).text().c_str(), "hello");
    }
}

// D1, CVE-02, O-09: one byte at a time, however long that takes.
void a_request_may_arrive_byte_by_byte(void**) {
    WebsockServer server;
    server.start();
    for (const char byte : padded_to(4096)) {
        assert_int_equal(server.completions, 0);
        server.send(std::string_view(&byte, 1));
        drain();
    }
    assert_true(server.wait_until_done());
    assert_false(server.error.has_value());
}

// P-WS-03.
void the_limit_of_the_head_is_exact(void**) {
    for (const std::size_t size : {4095, 4096, 4097}) {
        WebsockServer server;
        server.start();
        server.send(padded_to(size));
        receive_to_end(server);
        assert_int_equal(server.response.starts_with("HTTP/1.1 101 "), size <= 4096);
        assert_int_equal(server.response.starts_with("HTTP/1.1 431 "), size > 4096);
    }
}

// TRAP-03, P-WS-21, IO-04: nothing more has to arrive for them to be read.
void frames_behind_the_request_are_delivered_at_once(void**) {
    WebsockServer server;
    server.start();
    std::string received;
    const Watch watch(*server.channel, Condition::in,
                      [&](Condition) { received += drained(*server.channel, 3).text(); });
    const Bytes last = client_frame(0x82, "!!");
    Bytes all(as_bytes(good_request).begin(), as_bytes(good_request).end());
    for (const Bytes& frame :
         {client_frame(0x02, "he"), client_frame(0x89, "ping"), client_frame(0x80, "llo"),
          client_frame(0x82, " world"), Bytes(last.begin(), last.begin() + 7)})
        all.insert(all.end(), frame.begin(), frame.end());
    server.send(all);
    const bool came = run_until([&] { return received == "hello world!"; });
    server.send(ByteView(last).subspan(7));
    const bool rest = run_until([&] { return received == "hello world!!"; });
    assert_true(came && rest);
    assert_int_equal(server.completions, 1);
    server.receive_response();
    // The response comes first, the pong behind it.
    assert_true(server.response.starts_with("HTTP/1.1 101 "));
    assert_true(server.response.ends_with("\r\n\r\n\x8A\x04ping"));
}

void many_bytes_behind_the_request_are_kept_in_order(void**) {
    auto policy = ws::vnc_listener_policy();
    policy.limits.max_head_bytes = 60'000;
    WebsockServer server(policy);
    std::string payload(40'000, 'a');
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = char('a' + i % 26);
    const Bytes frame = client_frame(0x82, payload);
    server.start();
    server.send(good_request + std::string(as_text(frame)) +
                std::string(as_text(client_frame(0x82, "end"))));
    assert_true(server.wait_until_done());
    assert_true(drained(*server.channel, 1000).text() == payload + "end");
}

// D1: the response leaves as the peer makes room for it.
void a_response_waits_for_room(void**) {
    for (const bool accepted : {true, false}) {
        WebsockServer server(ws::vnc_listener_policy(), make_pipe_pair(10));
        server.start();
        const std::string request =
            accepted ? good_request : Request{.version = ""}.text();
        std::size_t sent = 0;
        run_until([&] {
            const auto rest = as_bytes(request).subspan(sent);
            if (const auto count = server.peer->write(rest); count && *count)
                sent += **count;
            server.receive_response();
            return server.completions != 0 || server.peer_ended;
        });
        if (accepted)
            assert_true(server.response.ends_with("\r\n\r\n"));
        else
            assert_true(is_whole_refusal(server.response, 426));
    }
}

void the_channel_is_not_usable_before(void**) {
    WebsockServer server;
    std::byte byte{};
    for (const bool started : {false, true}) {
        if (started)
            server.start();
        assert_true(server.channel->read({&byte, 1}).error().kind ==
                    ErrorKind::invalid_argument);
        assert_true(server.channel->write({&byte, 1}).error().kind ==
                    ErrorKind::invalid_argument);
    }
    // Nothing of that was sent.
    assert_true(drained(*server.peer).data.empty());
}

void there_is_one_handshake_only(void**) {
    OpenWebsock server;
    assert_true(server.is_open);
    server.start();
    drain();
    assert_int_equal(server.completions, 2);
    assert_true(server.error->kind == ErrorKind::invalid_argument);
    // The first one's connection is unharmed.
    server.send_frame(0x82, "x");
    assert_string_equal(drained(*server.channel).text().c_str(), "x");
    (void)server.channel->close();
    server.start();
    drain();
    assert_true(server.error->kind == ErrorKind::closed);
}

void completes_on_the_context_it_was_given(void**) {
    const ContextRef context(g_main_context_new());
    WebsockServer server;
    server.start({.context = context.get()});
    server.send(good_request);
    drain();
    assert_int_equal(server.completions, 0);
    assert_true(drained(*server.peer).data.empty());
    assert_true(run_until([&] { return server.completions != 0; }, context.get()));
    assert_false(server.error.has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_is_answered_in_full_and_then_ends),
        cmocka_unit_test(a_good_request_is_accepted),
        cmocka_unit_test(a_request_may_arrive_byte_by_byte),
        cmocka_unit_test(the_limit_of_the_head_is_exact),
        cmocka_unit_test(frames_behind_the_request_are_delivered_at_once),
        cmocka_unit_test(many_bytes_behind_the_request_are_kept_in_order),
        cmocka_unit_test(a_response_waits_for_room),
        cmocka_unit_test(the_channel_is_not_usable_before),
        cmocka_unit_test(there_is_one_handshake_only),
        cmocka_unit_test(completes_on_the_context_it_was_given),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
