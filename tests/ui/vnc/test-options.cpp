// A display's options: what each says, and what is said about the wrong ones.
#include "ui/vnc/options.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "ui/vnc/server-options.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

/// "ADDRESS ADDRESS | WEBSOCKET", or the error.
std::string listens_on(std::string_view text) {
    const auto options = parse_options(text);
    if (!options)
        return options.error().message;
    std::string result;
    for (const auto& address : options->addresses)
        result += (result.empty() ? "" : " ") + to_string(address);
    for (bool first = true; const auto& address : options->websocket_addresses)
        result += (std::exchange(first, false) ? " | " : " ") + to_string(address);
    return result;
}

struct EndpointRow {
    const char* text;
    const char* addresses;
};

// What the reference takes, and websocket=off as the switch that it looks like
void endpoints_become_addresses(void**) {
    constexpr EndpointRow rows[] = {
        {":0", "tcp::5900"},
        {":59635", "tcp::65535"},
        {"localhost:1", "tcp:localhost:5901"},
        {"127.0.0.1:99", "tcp:127.0.0.1:5999"},
        {"[::1]:2", "tcp:[::1]:5902"},
        {"::1:2", "tcp:[::1]:5902"},
        {"vnc=:3", "tcp::5903"},
        {"unix:/run/vnc", "unix:/run/vnc"},
        {"unix:/run/a,,b", "unix:/run/a,b"},
        {"unix:/run/a=b", "unix:/run/a=b"},
        {"none", ""},
        {"id=x", ""},
        {":1,", "tcp::5901"},
        // several, and none of them
        {":1,vnc=[::1]:2", "tcp::5901 tcp:[::1]:5902"},
        {":1,vnc=none,websocket=5700", ""},
        {"none,vnc=:1", "tcp::5901"},
        // ranges and families
        {":1,to=9", "tcp::5901,to=5909"},
        {":1,to=0", "tcp::5901"},
        {":1,ipv4", "tcp::5901,ipv4=on"},
        {":1,ipv4=off,ipv6=on", "tcp::5901,ipv4=off,ipv6=on"},
        // WebSocket
        {":1,websocket", "tcp::5901 | tcp::5701"},
        {"h:1,websocket=on", "tcp:h:5901 | tcp:h:5701"},
        {"h:1,websocket=", "tcp:h:5901 | tcp:h:5701"},
        {"h:1,websocket=off", "tcp:h:5901"},
        {"h:1,websocket=on,websocket=off", "tcp:h:5901"},
        {"h:1,websocket=6080", "tcp:h:5901 | tcp:h:6080"},
        {"h:1,websocket=:6080", "tcp:h:5901 | tcp:h:6080"},
        {"h:1,websocket=g:6080", "tcp:h:5901 | tcp:g:6080"},
        {"h:1,websocket=[::1]:6080", "tcp:h:5901 | tcp:[::1]:6080"},
        {"h:1,websocket=unix:/w", "tcp:h:5901 | unix:/w"},
        {"h:1,websocket=6080,websocket=6081", "tcp:h:5901 | tcp:h:6080 tcp:h:6081"},
        {"unix:/v,websocket", "unix:/v | tcp::5700"},
        {"g:1,vnc=h:2,websocket=6080", "tcp:g:5901 tcp:h:5902 | tcp::6080"},
        {"h:1,websocket,to=3", "tcp:h:5901,to=5903 | tcp:h:5701,to=5703"},
        {"h:1,websocket=6080,to=3", "tcp:h:5901,to=5903 | tcp:h:6080"},
        {"h:1,websocket,ipv6=off", "tcp:h:5901,ipv6=off | tcp:h:5701,ipv6=off"},
        // to the viewer: a port, not a display
        {"h:5500,reverse=on", "tcp:h:5500"},
        {"unix:/v,reverse", "unix:/v"},
        {"h:5500,reverse=off", "tcp:h:11400"},
    };
    for (const auto& row : rows)
        assert_string_equal(listens_on(row.text).c_str(), row.addresses);
}

void says_which_endpoint_is_wrong(void**) {
    const std::string any = "; give HOST:N, [IPV6]:N, :N, unix:PATH or none";
    const std::string display = "; give a number up to 59635";
    const std::string forms = "; give on, off, PORT, HOST:PORT or unix:PATH";
    const std::array<std::pair<const char*, std::string>, 26> rows{{
        {"", "vnc=: no vnc port specified" + any},
        {"localhost", "vnc=localhost: no vnc port specified" + any},
        {"a:1,vnc", "vnc=: no vnc port specified" + any},
        {"h:", "vnc=h:: vnc port cannot be empty" + display},
        {"h:x", "vnc=h:x: can't convert to a number: x" + display},
        {"h:-1", "vnc=h:-1: can't convert to a number: -1" + display},
        {"h:1 ", "vnc=h:1 : can't convert to a number: 1 " + display},
        {"h:59636", "vnc=h:59636: port 59636 out of range" + display},
        {"h:70000", "vnc=h:70000: port 70000 out of range" + display},
        {"h:99999999999999999999",
         "vnc=h:99999999999999999999: port 99999999999999999999 out of range" + display},
        {"[::1:1", "vnc=[::1:1: a bracket is missing; give [IPV6]:N"},
        {"h:1\n,lossy=2", "lossy=2: Parameter 'lossy' expects 'on' or 'off'; give one of "
                          "them"},
        {"h\n:x\r", "vnc=h?:x?: can't convert to a number: x?" + display},
        {"unix:/v,to=3",
         "to=3: Port range not support with UNIX socket; leave it out, or "
         "give HOST:N"},
        {"h:4,to=3", "to=3: the display's own number is higher; give that number or a "
                     "higher one"},
        {"h:4,to=60000", "to=60000: port 60000 out of range" + display},
        {"h:4,to=x", "to=x: Parameter 'to' expects a number; give one from 0 to "
                     "2147483647"},
        {"h:4,ipv4=off,ipv6=off",
         "ipv6=off: ipv4=off leaves no other family; switch one of them on"},
        {"h:4,websocket=http", "websocket=http: can't convert to a number: http" + forms},
        {"h:4,websocket=h:", "websocket=h:: can't convert to a number: " + forms},
        {"h:4,websocket=65536", "websocket=65536: port 65536 out of range; give a number "
                                "up to 65535"},
        {"h:4,vnc=h:5,websocket",
         "websocket=on: explicit websocket port is required; with several addresses give "
         "websocket=HOST:PORT"},
        {"h:4,vnc=h:5,reverse", "reverse=on: Expected a single address in reverse mode; "
                                "give one address"},
        {"h:4,websocket,reverse", "reverse=on: Cannot use websockets in reverse mode; "
                                  "leave websocket= out"},
        {"h:4,to=5,reverse", "to=5: there is no range of ports in reverse mode; leave it "
                             "out"},
        {"h:65536,reverse", "vnc=h:65536: port 65536 out of range; give a number up to "
                            "65535"},
    }};
    for (const auto& [text, message] : rows)
        assert_string_equal(listens_on(text).c_str(), message.c_str());
    assert_true(listens_on("unix:").starts_with("vnc=unix:: "));
    assert_true(listens_on("unix:" + std::string(200, 'a')).contains("108"));
    assert_true(listens_on(std::string_view(":1\0", 3)).contains("NUL"));
}

// Every key: what it sets, by its name and in any case it has.
void each_key_sets_its_own(void**) {
    struct Row {
        const char* text;
        std::function<void(DisplayOptions&)> change;
    };
    const Row rows[] = {
        {"", [](auto&) {}},
        {"id=a.b-c_1", [](auto& o) { o.id = "a.b-c_1"; }},
        {"password", [](auto& o) { o.password = true; }},
        {"password=on", [](auto& o) { o.password = true; }},
        {"password=on,password=off", [](auto&) {}},
        {"password-secret=s",
         [](auto& o) {
             o.password = true;
             o.password_secret = "s";
         }},
        {"tls-creds=t", [](auto& o) { o.tls_creds = "t"; }},
        {"tls-creds=t,tls-authz=a,,b",
         [](auto& o) {
             o.tls_creds = "t";
             o.tls_authz = "a,b";
         }},
        {"sasl,sasl-authz=u",
         [](auto& o) {
             o.sasl = true;
             o.sasl_authz = "u";
         }},
        {"sasl=off", [](auto&) {}},
        {"lossy=on", [](auto& o) { o.lossy = true; }},
        {"non-adaptive", [](auto& o) { o.non_adaptive = true; }},
        {"share=allow-exclusive", [](auto&) {}},
        {"share=force-shared", [](auto& o) { o.share = SharePolicy::force_shared; }},
        {"share=ignore", [](auto& o) { o.share = SharePolicy::ignore; }},
        {"connections=0", [](auto& o) { o.connections = 0; }},
        {"connections=7,connections=8", [](auto& o) { o.connections = 8; }},
        {"display=video0,head=2",
         [](auto& o) {
             o.display = "video0";
             o.head = 2;
         }},
        {"lock-key-sync=off", [](auto& o) { o.lock_key_sync = false; }},
        {"key-delay-ms=0", [](auto& o) { o.key_delay = {}; }},
        {"audiodev=snd", [](auto& o) { o.audiodev = "snd"; }},
        {"power-control=on", [](auto& o) { o.power_control = true; }},
        {"to=5",
         [](auto& o) {
             o.has_port_range = true;
             std::get<InetAddress>(o.addresses[0]).to = std::uint16_t(5905);
         }},
    };
    for (const auto& row : rows) {
        DisplayOptions wanted;
        wanted.addresses = {InetAddress{.host = "", .port = "5901"}};
        row.change(wanted);
        const auto options = parse_options(std::string(":1,") + row.text);
        assert_true(options.has_value());
        assert_true(*options == wanted);
    }
}

void says_which_key_is_wrong(void**) {
    constexpr std::pair<const char*, const char*> rows[] = {
        {"acl", "acl=: Invalid parameter 'acl'; name who may come with tls-authz= or "
                "sasl-authz="},
        {"acl=on",
         "acl=on: Invalid parameter 'acl'; name who may come with tls-authz= or "
         "sasl-authz="},
        {"id=1", "id=1: Parameter 'id' expects an identifier; give a letter, then "
                 "letters, digits, '-', '.' or '_'"},
        {"password=yes", "password=yes: Parameter 'password' expects 'on' or 'off'; give "
                         "one of them"},
        {"password=off,password-secret=s",
         "password-secret=s: 'password' flag is redundant with 'password-secret'; leave "
         "password out"},
        {"tls-creds", "tls-creds=: a value is missing; give tls-creds=NAME"},
        {"tls-authz=a", "tls-authz=a: 'tls-authz' provided but TLS is not enabled; name "
                        "the credentials with tls-creds="},
        {"sasl-authz=a", "sasl-authz=a: 'sasl-authz' provided but SASL auth is not "
                         "enabled; add sasl=on"},
        {"share=all", "share=all: unknown vnc share= option; give allow-exclusive, "
                      "force-shared or ignore"},
        {"share", "share=: unknown vnc share= option; give allow-exclusive, force-shared "
                  "or ignore"},
        {"connections=-1", "connections=-1: Parameter 'connections' expects a number; "
                           "give one from 0 to 2147483647"},
        {"head", "head=: Parameter 'head' expects a number; give one from 0 to "
                 "2147483647"},
        {"key-delay-ms=9999999999", "key-delay-ms=9999999999: Parameter 'key-delay-ms' "
                                    "expects a number; give one from 0 to 2147483647"},
    };
    for (const auto& [text, message] : rows)
        assert_string_equal(listens_on(std::string(":1,") + text).c_str(), message);
    const auto unknown = listens_on(":1,lossi=on");
    assert_true(unknown.starts_with("lossi=on: Invalid parameter 'lossi'; the options "
                                    "are vnc, id, to, "));
    assert_true(unknown.ends_with("audiodev, power-control"));
    for (const auto* key : {"ipv4", "ipv6", "reverse", "sasl", "lossy", "non-adaptive",
                            "lock-key-sync", "power-control"})
        assert_true(listens_on(std::string(":1,") + key + "=1")
                        .contains("expects 'on' or 'off'"));
    for (const auto* key :
         {"password-secret", "tls-authz", "sasl-authz", "display", "audiodev"})
        assert_true(
            listens_on(std::string(":1,") + key + "=").contains("a value is missing"));
}

void displays_without_an_id_get_one(void**) {
    std::vector<DisplayOptions> displays(5);
    displays[1].id = "vnc2";
    displays[3].id = "mine";
    assert_true(assign_display_ids(displays).has_value());
    const char* const wanted[] = {"default", "vnc2", "vnc3", "mine", "vnc4"};
    for (std::size_t i = 0; i < displays.size(); ++i)
        assert_string_equal(displays[i].id.c_str(), wanted[i]);

    displays[4].id = "mine";
    const auto twice = assign_display_ids(displays);
    assert_false(twice.has_value());
    assert_string_equal(twice.error().message.c_str(),
                        "id=mine: Duplicate ID 'mine' for vnc; give each display an id "
                        "of its own");
}

void a_server_is_told_what_concerns_it(void**) {
    const auto server = server_options(
        *parse_options(":1,share=force-shared,connections=7,lossy=on,power-control=on"));
    assert_true(server.share == SharePolicy::force_shared);
    assert_int_equal(server.max_clients, 7);
    assert_int_equal(server.max_connecting, 7);
    assert_true(server.lossy && server.power_control);
    assert_true(server.adaptive && server.keyboard.lock_key_sync);
    assert_false(server_options(*parse_options(":1,non-adaptive=on")).adaptive);
    assert_true(server_options(*parse_options(":1,key-delay-ms=25")).keyboard.key_delay ==
                std::chrono::milliseconds(25));
    assert_false(
        server_options(*parse_options(":1,lock-key-sync=off")).keyboard.lock_key_sync);
    const auto usual = server_options(*parse_options(":1,connections=0"));
    assert_int_equal(usual.max_clients, 0);
    assert_int_equal(usual.max_connecting, 1);
    assert_false(usual.lossy || usual.power_control);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_become_addresses),
        cmocka_unit_test(says_which_endpoint_is_wrong),
        cmocka_unit_test(each_key_sets_its_own),
        cmocka_unit_test(says_which_key_is_wrong),
        cmocka_unit_test(displays_without_an_id_get_one),
        cmocka_unit_test(a_server_is_told_what_concerns_it),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
