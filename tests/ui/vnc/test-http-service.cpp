// Web pages on the address of a server: what is answered, and that the rest goes on.
#include "ui/vnc/http-service.hpp"

#include <algorithm>

#include "tests/support/pipe-channel.hpp"
#include "tests/support/temporary-folder.hpp"
#include "tests/support/websock-client.hpp"
#include "tests/ui/vnc/visitor.hpp"

#include <sys/stat.h>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using vnc::HttpPages;
using vnc::HttpService;

namespace {

const InetAddress anywhere{.host = "127.0.0.1", .port = "0"};

/// A folder that looks like noVNC's.
struct Novnc {
    Novnc() {
        mkdir((folder.file("") + "core").c_str(), 0700);
        write_file(folder.file("") + "core/rfb.js", "export default 1;\n");
        write_file(folder.file("") + ".secret", "no");
        write_file(folder.file("") + "core/.secret", "no");
    }
    ~Novnc() { (void)std::remove((folder.file("") + "core/.secret").c_str()); }
    TemporaryFolder folder;
};

/// A server with pages, on one address.
struct Site {
    explicit Site(HttpPages pages, vnc::ListenOptions options = {})
        : world({.greeting_delay = std::chrono::hours(1)}) {
        auto made = HttpService::create(std::move(pages));
        options.http = made ? *made : nullptr;
        (void)world.server->listen(anywhere, options);
        address = world.server->addresses().at(0);
    }

    std::string get(const std::string& path,
                    const TlsCredentials* credentials = nullptr) {
        return ask(world, address, "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n",
                   credentials);
    }

    World world;
    SocketAddress address;
};

bool is_ok(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 200 ");
}

void pages_are_served_beside_rfb(void**) {
    const Novnc novnc;
    Site site({.pages = {{"/own", "text/x-own", as_bytes("mine")}},
               .novnc_folder = novnc.folder.file(""),
               .status = [] { return std::string("{\"a\":1}"); },
               .metrics = [] { return std::string("m 1\n"); }});
    const auto own = site.get("/own");
    assert_true(is_ok(own) && own.contains("text/x-own") &&
                own.ends_with("\r\n\r\nmine"));
    const auto status = site.get("/status");
    assert_true(is_ok(status) && status.contains("application/json"));
    assert_true(status.ends_with("{\"a\":1}"));
    const auto metrics = site.get("/metrics");
    assert_true(is_ok(metrics) && metrics.contains("version=0.0.4"));
    const auto script = site.get("/novnc/core/rfb.js");
    assert_true(is_ok(script) && script.contains("text/javascript"));
    assert_true(script.ends_with("export default 1;\n"));
    const auto page = site.get("/");
    assert_true(is_ok(page) && page.contains("viewer.js"));
    assert_true(page.contains("Content-Security-Policy: default-src 'none'"));
    assert_true(page.contains("nosniff"));
    assert_true(is_ok(site.get("/viewer.js")) && is_ok(site.get("/viewer.css")));

    const auto channel = visit(site.world, site.address, By::websocket);
    assert_true(channel != nullptr);
    RfbClient browser(channel);
    assert_true(browser.shake_hands());
    RfbClient viewer(site.world.dial_socket(site.address));
    assert_true(viewer.shake_hands());
    assert_true(browser.sync() && viewer.sync());
}

void what_is_not_there_is_not_found(void**) {
    const Novnc novnc;
    Site site({.novnc_folder = novnc.folder.file("")});
    for (const auto* path :
         {"/nothing", "/status", "/metrics", "/novnc/", "/novnc/core", "/novnc/core/",
          "/novnc/core/no.js", "/novnc/.secret", "/novnc/core/.secret",
          "/novnc/../core/rfb.js", "/novnc/%2e%2e/x", "/novnc//etc/passwd"})
        assert_string_equal(site.get(path).substr(0, 12).c_str(), "HTTP/1.1 404");
    const auto post = ask(site.world, site.address,
                          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    assert_true(post.starts_with("HTTP/1.1 405 "));
    const auto head = ask(site.world, site.address, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(is_ok(head) && head.ends_with("\r\n\r\n"));
}

// What a name server sends here as a host of its own gets no pages, either.
void pages_are_for_the_hosts_of_the_websockets(void**) {
    vnc::ListenOptions options;
    options.websocket.hosts = {"h", "[::1]"};
    Site site({.status = [] { return std::string("{}"); }}, options);
    const auto status_for = [&](const std::string& hosts) {
        return ask(site.world, site.address, "GET /status HTTP/1.1\r\n" + hosts + "\r\n")
            .substr(0, 12);
    };
    const std::pair<const char*, const char*> expected[] = {
        {"Host: h\r\n", "HTTP/1.1 200"},
        {"Host: H:80\r\n", "HTTP/1.1 200"},
        {"Host: [::1]:80\r\n", "HTTP/1.1 200"},
        {"Host: evil\r\n", "HTTP/1.1 421"},
        {"Host: h.evil\r\n", "HTTP/1.1 421"},
        {"", "HTTP/1.1 400"},
        {"Host: h\r\nHost: h\r\n", "HTTP/1.1 400"},
    };
    for (const auto& [hosts, status] : expected)
        assert_string_equal(status_for(hosts).c_str(), status);
}

void pages_are_served_over_tls(void**) {
    const Certified certified;
    const auto stranger = certified.stranger();
    Site site({}, {.credentials = certified.server(tls::VerifyPeer::no)});
    assert_true(is_ok(site.get("/", stranger.get())));
    assert_true(site.get("/").starts_with("HTTP/1.1 403 "));
    RfbClient browser(visit(site.world, site.address, By::wss, stranger.get()));
    assert_true(browser.shake_hands());
}

void folders_without_novnc_are_refused(void**) {
    const TemporaryFolder folder;
    const auto service = HttpService::create({.novnc_folder = folder.file("")});
    assert_false(service.has_value());
    assert_true(service.error().message.contains("core/rfb.js"));
}

// P-RFB-08: who asks for pages takes no place from those who want the display
void pages_have_limits_of_their_own(void**) {
    Site site({});
    const auto before = open_descriptors();
    std::vector<ClientPtr> asking;
    for (int i = 0; i < 100; ++i) {
        asking.push_back(
            std::make_unique<RfbClient>(site.world.dial_socket(site.address)));
        asking.back()->send(as_bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        asking.back()->pause();
        drain();
    }
    assert_true(site.world.has_clients(0, 0));
    assert_true(open_descriptors() <= before + asking.size() + 70);
    RfbClient viewer(site.world.dial_socket(site.address));
    assert_true(viewer.shake_hands());
    asking.clear();
    assert_true(is_ok(site.get("/")));
}

// P-RFB-08: however many come at once, the oldest go
void a_burst_makes_room_for_itself(void**) {
    constexpr std::ptrdiff_t all = 200, kept = 64;
    const auto service = *HttpService::create({});
    std::vector<ClientPtr> asking;
    for (int i = 0; i < all; ++i) {
        auto [ours, theirs] = make_pipe_pair();
        service->serve(theirs);
        asking.push_back(std::make_unique<RfbClient>(ours));
    }
    const auto ended = [&] {
        return std::ranges::count_if(asking, [](auto& one) { return one->has_ended(); });
    };
    assert_true(run_until([&] { return ended() >= all - kept; }));
    drain();
    assert_int_equal(ended(), all - kept);
    assert_true(asking.front()->has_ended() && !asking.back()->has_ended());
}

// P-RFB-25: the server, and the pages, may go while somebody is being answered
void pages_may_go_while_they_are_asked_for(void**) {
    for (const bool is_server_first : {true, false}) {
        auto service = HttpService::create({});
        World world;
        const auto before = open_descriptors();
        assert_true(world.server->listen(anywhere, {.http = *service}).has_value());
        auto asking =
            std::make_unique<RfbClient>(world.dial_socket(world.server->addresses()[0]));
        asking->send(as_bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        drain();
        if (is_server_first)
            world.server.reset();
        service->reset();
        world.server.reset();
        assert_true(run_until([&] { return asking->has_ended(); }));
        asking.reset();
        drain();
        assert_true(open_descriptors() <= before);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_served_beside_rfb),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(pages_are_for_the_hosts_of_the_websockets),
        cmocka_unit_test(pages_are_served_over_tls),
        cmocka_unit_test(folders_without_novnc_are_refused),
        cmocka_unit_test(pages_have_limits_of_their_own),
        cmocka_unit_test(a_burst_makes_room_for_itself),
        cmocka_unit_test(pages_may_go_while_they_are_asked_for),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
