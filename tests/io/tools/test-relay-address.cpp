// The channel addresses of qio-relay, as text and as values.
#include "io/tools/relay-address.hpp"

#include <utility>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::relay;

namespace {

struct Good {
    std::string text;
    RelayAddress address;
    std::string canonical{}; ///< empty: as `text`
};

SocketAddress tcp(std::string host, std::string port) {
    return InetAddress{.host = std::move(host), .port = std::move(port)};
}

const auto h1 = tcp("h", "1");
const ExecLeaf nc{{"nc", "a b", "1"}};

const Good leafs[] = {
    {"tcp:h:1", {{}, h1}},
    {"tcp::0", {{}, tcp("", "0")}},
    {"tcp:[::1]:5900", {{}, tcp("::1", "5900")}},
    {"tcp:h:1,ipv4=on,numeric",
     {{}, InetAddress{.host = "h", .port = "1", .ipv4 = true, .numeric = true}}},
    {"unix:/run/a,b:c{d}", {{}, UnixAddress{"/run/a,b:c{d}"}}},
    {"unix:-", {{}, UnixAddress{"-"}}},
    {"abstract:name", {{}, UnixAddress{"name", true}}},
    {"fd:3", {{}, FdAddress{3}}},
    {"file:/tmp/log", {{}, FileLeaf{"/tmp/log"}}},
    {"file:tls:x", {{}, FileLeaf{"tls:x"}}},
    {"-", {{}, StdioLeaf{}}},
    {"exec:nc 'a b' 1", {{}, nc}},
    {"exec:  nc \"a b\"   1 ", {{}, nc}, "exec:nc 'a b' 1"},
    {"exec:nc a\\ b 1", {{}, nc}, "exec:nc 'a b' 1"},
    {"exec:ssh -W h:22 gate,way", {{}, ExecLeaf{{"ssh", "-W", "h:22", "gate,way"}}}},
    {"exec:x '' '#' '$HOME' '*' ';'", {{}, ExecLeaf{{"x", "", "#", "$HOME", "*", ";"}}}},
    {"exec:x 'it'\\''s'", {{}, ExecLeaf{{"x", "it's"}}}},
};

const Good layers[] = {
    {"tls:tcp:h:1", {{TlsLayer{}}, h1}},
    {"ws:tcp:h:1", {{WsLayer{}}, h1}},
    {"wss:tcp:h:1", {{WsLayer{}, TlsLayer{}}, h1}, "ws:tls:tcp:h:1"},
    {"ws:tls:tcp:h:1", {{WsLayer{}, TlsLayer{}}, h1}},
    {"tls:ws:tcp:h:1", {{TlsLayer{}, WsLayer{}}, h1}},
    {"tls:wss:unix:/s",
     {{TlsLayer{}, WsLayer{}, TlsLayer{}}, UnixAddress{"/s"}},
     "tls:ws:tls:unix:/s"},
    {"tls:-", {{TlsLayer{}}, StdioLeaf{}}},
    {"ws:exec:cat", {{WsLayer{}}, ExecLeaf{{"cat"}}}},
    {"tls{dir=/etc/pki,verify=no,name=host}:tcp:h:1",
     {{TlsLayer{.dir = "/etc/pki", .verify = false, .name = "host"}}, h1}},
    {"tls{name=host,dir=/etc/pki}:tcp:h:1",
     {{TlsLayer{.dir = "/etc/pki", .name = "host"}}, h1},
     "tls{dir=/etc/pki,name=host}:tcp:h:1"},
    {"tls{dir=d,psk=me,verify=yes,alpn=h2,alpn=http/1.1,priority=NORMAL:-ALL,"
     "authz-file=f,password-file=p}:fd:3",
     {{TlsLayer{.dir = "d",
                .psk = "me",
                .verify = true,
                .alpn = {"h2", "http/1.1"},
                .priority = "NORMAL:-ALL",
                .authz_file = "f",
                .password_file = "p"}},
      FdAddress{3}}},
    {"tls{psk}:tcp:h:1", {{TlsLayer{.psk = ""}}, h1}},
    {"tls{anon}:tcp:h:1", {{TlsLayer{.anon = true}}, h1}},
    {"tls{dir=a\\,b\\}c\\\\d{e=f:g}:tcp:h:1", {{TlsLayer{.dir = "a,b}c\\d{e=f:g"}}, h1}},
    {"ws{path=/x?y=1,protocol=binary,protocol=chat,origin=https://a,origin=null,"
     "host=b:8080,deflate=on,text=off,ping=30}:tcp:h:1",
     {{WsLayer{.path = "/x?y=1",
               .protocol = {"binary", "chat"},
               .origin = {"https://a", "null"},
               .host = "b:8080",
               .deflate = true,
               .text = false,
               .ping = 30}},
      h1}},
    {"ws{path=/}:tcp:h:1", {{WsLayer{.path = "/"}}, h1}},
    {"ws{ping=0}:tcp:h:1", {{WsLayer{}}, h1}, "ws:tcp:h:1"},
    {"ws{ping=86400}:tcp:h:1", {{WsLayer{.ping = 86400}}, h1}},
    {"wss{path=/x,dir=/d}:tcp:h:1",
     {{WsLayer{.path = "/x"}, TlsLayer{.dir = "/d"}}, h1},
     "ws{path=/x}:tls{dir=/d}:tcp:h:1"},
    {"ws:ws:ws:ws:ws:ws:ws:ws:-",
     {{WsLayer{}, WsLayer{}, WsLayer{}, WsLayer{}, WsLayer{}, WsLayer{}, WsLayer{},
       WsLayer{}},
      StdioLeaf{}}},
};

const Good urls[] = {
    {"ws://h", {{WsLayer{}}, tcp("h", "80")}, "ws:tcp:h:80"},
    {"wss://h", {{WsLayer{}, TlsLayer{}}, tcp("h", "443")}, "ws:tls:tcp:h:443"},
    {"ws://h/", {{WsLayer{}}, tcp("h", "80")}, "ws:tcp:h:80"},
    {"ws://h:1", {{WsLayer{}}, h1}, "ws:tcp:h:1"},
    {"ws://h:01/", {{WsLayer{}}, h1}, "ws:tcp:h:1"},
    {"ws://*:8080/", {{WsLayer{}}, tcp("", "8080")}, "ws:tcp::8080"},
    {"ws://*:0", {{WsLayer{}}, tcp("", "0")}, "ws:tcp::0"},
    {"wss://*", {{WsLayer{}, TlsLayer{}}, tcp("", "443")}, "ws:tls:tcp::443"},
    {"ws://h:1/a/b?c=d:e,f",
     {{WsLayer{.path = "/a/b?c=d:e,f"}}, h1},
     "ws{path=/a/b?c=d:e\\,f}:tcp:h:1"},
    {"ws://h?c=d",
     {{WsLayer{.path = "/?c=d"}}, tcp("h", "80")},
     "ws{path=/?c=d}:tcp:h:80"},
    {"ws://[::1]:1/x",
     {{WsLayer{.path = "/x"}}, tcp("::1", "1")},
     "ws{path=/x}:tcp:[::1]:1"},
    {"wss://[fe80::1%eth0]",
     {{WsLayer{}, TlsLayer{}}, tcp("fe80::1%eth0", "443")},
     "ws:tls:tcp:[fe80::1%eth0]:443"},
    {"ws{protocol=binary}://some-host.example:1/p",
     {{WsLayer{.path = "/p", .protocol = {"binary"}}}, tcp("some-host.example", "1")},
     "ws{path=/p,protocol=binary}:tcp:some-host.example:1"},
    {"wss{path=/p,verify=no}://h",
     {{WsLayer{.path = "/p"}, TlsLayer{.verify = false}}, tcp("h", "443")},
     "ws{path=/p}:tls{verify=no}:tcp:h:443"},
    {"tls:ws://h:80/p",
     {{TlsLayer{}, WsLayer{.path = "/p"}}, tcp("h", "80")},
     "tls:ws{path=/p}:tcp:h:80"},
};

void assert_reads(const Good& good) {
    const auto& [text, address, wanted] = good;
    const auto canonical = wanted.empty() ? text : wanted;
    const auto parsed = parse_relay_address(text);
    if (!parsed)
        print_error("%s\n", parsed.error().message.c_str());
    assert_true(parsed.has_value());
    if (!(*parsed == address))
        print_error("%s: %s\n", text.c_str(), to_string(*parsed).c_str());
    assert_true(*parsed == address);
    assert_string_equal(to_string(*parsed).c_str(), canonical.c_str());
    const auto again = parse_relay_address(canonical);
    assert_true(again && *again == address);
}

void reads_and_writes_every_leaf(void**) {
    for (auto& good : leafs)
        assert_reads(good);
}

void reads_and_writes_layers_with_options(void**) {
    for (auto& good : layers)
        assert_reads(good);
}

void reads_urls(void**) {
    for (auto& good : urls)
        assert_reads(good);
}

struct Bad {
    std::string text;
    std::size_t position;  ///< from 1
    std::string_view hint; ///< part of the message
};

const Bad bad[] = {
    {"", 1, "the address is missing here; write tcp:HOST:PORT"},
    {"h:1", 1, "'h' is no kind of address; write tcp:HOST:PORT"},
    {"tpc:h:1", 1, "'tpc' is no kind of address"},
    {"TCP:h:1", 1, "'TCP' is no kind"},
    {"/run/x", 1, "'/run/x' is no kind"},
    {" tcp:h:1", 1, "' tcp' is no kind"},
    {"--", 1, "'--' is no kind"},
    {"-:x", 1, "'-' is no kind"},
    {"tcp:h", 1, "no port; write HOST:PORT"},
    {"tcp:h:99999", 1, "the port is above 65535"},
    {"tcp:h:1,color", 1, "unknown option; TCP addresses take"},
    {"ws:tcp:h:1,ipv4=maybe", 4, "an option's value is 'on' or 'off'"},
    {"fd:x", 1, "a descriptor is a number"},
    {"unix:", 1, "the unix socket has no name"},
    {"tls:unix:", 5, "the unix socket has no name"},
    {"file:", 6, "write file:PATH"},
    {"exec:", 6, "write exec:COMMAND"},
    {"exec:  ", 6, "write exec:COMMAND"},
    {"exec:x 'y", 6, "a quote is not closed"},
    {"exec:''", 6, "the command has no name"},
    {"tls", 4, "a colon is missing; write tls:ADDRESS"},
    {"wss", 4, "a colon is missing; write wss:ADDRESS"},
    {"tls{anon}", 10, "a colon is missing"},
    {"tls{anon}tcp:h:1", 10, "a colon is missing"},
    {"tls:", 5, "the address is missing here"},
    {"ws:tls:", 8, "the address is missing here"},
    {"ws:h:80", 4, "'h' is no kind of address"},
    {"http://h", 1, "'http' is no kind"},
    {"tls://h:1", 5, "'//h' is no kind"},
    {"ws:ws:ws:ws:ws:ws:ws:ws:ws:-", 25, "more than 8 layers"},
    {"ws:ws:ws:ws:ws:ws:ws:wss:-", 22, "more than 8 layers"},
    {"tls{}:tcp:h:1", 5, "the name of an option is missing"},
    {"tls{,anon}:tcp:h:1", 5, "the name of an option is missing"},
    {"tls{anon,}:tcp:h:1", 10, "the name of an option is missing"},
    {"tls{=x}:tcp:h:1", 5, "the name of an option is missing"},
    {"tls{anon:tcp:h:1", 4, "the brace is not closed"},
    {"ws:tls{dir=/x:tcp:h:1", 7, "the brace is not closed"},
    {"tls{", 5, "the name of an option is missing"},
    {"tls{dir=a\\bc}:-", 10, "a backslash stands before"},
    {"tls{dir=a\\", 10, "a backslash stands before"},
    {"tls{dri=x}:tcp:h:1", 5, "no option 'dri'; there are dir=FOLDER, psk[=USER]"},
    {"tls{path=/x}:tcp:h:1", 5, "no option 'path'"},
    {"ws{dir=/x}:tcp:h:1", 4, "no option 'dir'; there are path=/PATH"},
    {"wss{dri=/x}:tcp:h:1", 5, "there are path=/PATH, protocol=NAME, origin=ORIGIN"},
    {"tls{dir}:-", 5, "write dir=FOLDER"},
    {"tls{dir=}:-", 5, "write dir=FOLDER"},
    {"tls{dir=a,dir=b}:-", 11, "'dir' is given twice"},
    {"wss{dir=a,path=/,dir=b}:-", 18, "'dir' is given twice"},
    {"tls{psk=}:-", 5, "write psk[=USER]"},
    {"tls{anon=yes}:-", 5, "write anon"},
    {"tls{anon,psk}:-", 1, "anon and psk exclude each other"},
    {"ws:tls{psk=u,anon}:-", 4, "anon and psk exclude each other"},
    {"tls{verify}:-", 5, "write verify=yes|no"},
    {"tls{verify=on}:-", 5, "write verify=yes|no"},
    {"tls{name=a b}:-", 5, "write name=HOST"},
    {"ws{path=x}:-", 4, "write path=/PATH"},
    {"ws{path=/a b}:-", 4, "write path=/PATH"},
    {"ws{path=/a#b}:-", 4, "write path=/PATH"},
    {"ws{path=/a\r\nb}:-", 4, "write path=/PATH"},
    {"ws{protocol=a/b}:-", 4, "write protocol=NAME"},
    {"ws{protocol=a b}:-", 4, "write protocol=NAME"},
    {"ws{protocol=a,protocol=}:-", 15, "write protocol=NAME"},
    {"ws{origin=a b}:-", 4, "write origin=ORIGIN"},
    {"ws{deflate}:-", 4, "write deflate=on|off"},
    {"ws{deflate=yes}:-", 4, "write deflate=on|off"},
    {"ws{ping}:-", 4, "write ping=SECONDS"},
    {"ws{ping=}:-", 4, "write ping=SECONDS"},
    {"ws{ping=-1}:-", 4, "write ping=SECONDS"},
    {"ws{ping=1s}:-", 4, "write ping=SECONDS"},
    {"ws{ping=86401}:-", 4, "write ping=SECONDS"},
    {"ws{ping=99999999999}:-", 4, "write ping=SECONDS"},
    {"ws://", 6, "a host is missing"},
    {"ws:///x", 6, "a host is missing"},
    {"ws://:80/", 6, "a host is missing"},
    {"ws://u@h/", 6, "has a wrong character"},
    {"ws://a b/", 6, "has a wrong character"},
    {"ws://h,ipv4/", 6, "has a wrong character"},
    {"ws://h#f", 6, "has a wrong character"},
    {"ws://[::1", 6, "write an IPv6 address as [ADDRESS]"},
    {"ws://[::1 ]:80", 6, "write an IPv6 address as [ADDRESS]"},
    {"ws://[]:80", 6, "write an IPv6 address as [ADDRESS]"},
    {"ws://[h]:80", 6, "write an IPv6 address as [ADDRESS]"},
    {"ws://[::1]x", 11, "a URL goes on with /PATH"},
    {"ws://*x", 7, "a URL goes on with /PATH"},
    {"ws://::1/", 6, "a host is missing"},
    {"ws://h:/", 7, "write the port as a number"},
    {"ws://h:http/", 7, "write the port as a number"},
    {"ws://h:65536/", 7, "write the port as a number"},
    {"ws://h:-1/", 7, "write the port as a number"},
    {"ws://h:1:2/", 7, "write the port as a number"},
    {"ws://h/a b", 7, "a URL goes on with /PATH"},
    {"ws://h/a#b", 7, "a URL goes on with /PATH"},
    {"ws{path=/a}://h/b", 16, "the path is given twice"},
    {std::string("tcp:h\0:1", 8), 6, "no NUL characters"},
    {"file:" + std::string(max_address_bytes, 'x'), max_address_bytes + 1,
     "at most 4096 bytes"},
};

void refuses_everything_else_and_says_where_and_why(void**) {
    for (auto& [text, position, hint] : bad) {
        const auto parsed = parse_relay_address(text);
        if (parsed)
            print_error("accepted: %s\n", text.c_str());
        assert_false(parsed.has_value());
        assert_true(parsed.error().kind == ErrorKind::invalid_argument);
        const auto& message = parsed.error().message;
        const auto place = "', position " + std::to_string(position) + ": ";
        if (!message.contains(place) || !message.contains(hint))
            print_error("%s\n", message.c_str());
        assert_true(message.contains(place));
        assert_true(message.contains(hint));
    }
}

void an_error_is_one_line_whatever_the_text(void**) {
    for (auto text : {"\n", "x\ny:z", "tls{\n=1}:-",
                      "unix:\n\x7F"
                      "and more, much more "
                      "than fits into the name of a unix socket, which is not very much "
                      "at all, as everybody notices who has a deep folder of folders"}) {
        const auto message = parse_relay_address(text).error().message;
        assert_true(message.starts_with("address '"));
        for (char c : message)
            assert_true(c >= ' ' && c < 0x7F);
    }
    const auto long_text = "file" + std::string(3000, 'x');
    assert_true(parse_relay_address(long_text).error().message.size() < 1000);
}

void knows_where_one_can_listen(void**) {
    for (auto text : {"tcp::0", "unix:/s", "abstract:n", "fd:3", "ws://*:0", "tls:fd:0",
                      "wss:unix:/s"})
        assert_true(can_listen(*parse_relay_address(text)).has_value());
    const std::pair<const char*, std::string_view> rows[] = {
        {"-", "nobody can connect to '-'; listen on tcp"},
        {"tls:-", "nobody can connect to '-'"},
        {"file:/f", "'file:/f'"},
        {"ws:exec:cat  -n", "'exec:cat -n'"},
    };
    for (auto& [text, hint] : rows) {
        const auto answer = can_listen(*parse_relay_address(text));
        assert_false(answer.has_value());
        assert_true(answer.error().kind == ErrorKind::invalid_argument);
        assert_true(answer.error().message.contains(hint));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_every_leaf),
        cmocka_unit_test(reads_and_writes_layers_with_options),
        cmocka_unit_test(reads_urls),
        cmocka_unit_test(refuses_everything_else_and_says_where_and_why),
        cmocka_unit_test(an_error_is_one_line_whatever_the_text),
        cmocka_unit_test(knows_where_one_can_listen),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
