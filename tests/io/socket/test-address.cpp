// Socket addresses between text, value and the kernel's form.
#include "io/socket/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

struct Good {
    std::string text;
    SocketAddress address;
    std::string canonical;
};

InetAddress inet(std::string host, std::string port) {
    return {.host = std::move(host), .port = std::move(port)};
}

const Good good[] = {
    {"127.0.0.1:5900", inet("127.0.0.1", "5900"), "tcp:127.0.0.1:5900"},
    {"tcp:127.0.0.1:5900", inet("127.0.0.1", "5900"), "tcp:127.0.0.1:5900"},
    {":5900", inet("", "5900"), "tcp::5900"},
    {"tcp::0", inet("", "0"), "tcp::0"},
    {"localhost:65535", inet("localhost", "65535"), "tcp:localhost:65535"},
    {"localhost:http", inet("localhost", "http"), "tcp:localhost:http"},
    {"[::1]:80", inet("::1", "80"), "tcp:[::1]:80"},
    {"[fe80::1%lo]:80", inet("fe80::1%lo", "80"), "tcp:[fe80::1%lo]:80"},
    {"[]:80", inet("", "80"), "tcp::80"},
    {"h:1,ipv4",
     {InetAddress{.host = "h", .port = "1", .ipv4 = true}},
     "tcp:h:1,ipv4=on"},
    {"h:1,ipv4=off,ipv6=on",
     {InetAddress{.host = "h", .port = "1", .ipv4 = false, .ipv6 = true}},
     "tcp:h:1,ipv4=off,ipv6=on"},
    {"h:1,ipv6=off",
     {InetAddress{.host = "h", .port = "1", .ipv6 = false}},
     "tcp:h:1,ipv6=off"},
    {"h:1,numeric",
     {InetAddress{.host = "h", .port = "1", .numeric = true}},
     "tcp:h:1,numeric"},
    {"h:1,numeric=off", inet("h", "1"), "tcp:h:1"},
    {"h:1,", inet("h", "1"), "tcp:h:1"},
    {"[name]:1", inet("name", "1"), "tcp:name:1"},
    {":5900,to=5910",
     {InetAddress{.host = "", .port = "5900", .to = 5910}},
     "tcp::5900,to=5910"},
    {"h:vnc,to=0", {InetAddress{.host = "h", .port = "vnc", .to = 0}}, "tcp:h:vnc,to=0"},
    {"h:1,keep-alive",
     {InetAddress{.host = "h", .port = "1", .keep_alive = true}},
     "tcp:h:1,keep-alive"},
    {"h:1,keep-alive=off,mptcp=off", inet("h", "1"), "tcp:h:1"},
    {"h:1,keep-alive-count=0,keep-alive-idle=0", inet("h", "1"), "tcp:h:1"},
    {"h:1,mptcp=on",
     {InetAddress{.host = "h", .port = "1", .mptcp = true}},
     "tcp:h:1,mptcp"},
    {"h:1,keep-alive-interval=3,keep-alive-idle=4294967295,keep-alive-count=1,mptcp,"
     "keep-alive=on,to=9,numeric,ipv6,ipv4=off",
     {InetAddress{.host = "h",
                  .port = "1",
                  .ipv4 = false,
                  .ipv6 = true,
                  .numeric = true,
                  .to = 9,
                  .keep_alive = true,
                  .keep_alive_count = 1,
                  .keep_alive_idle = 4294967295,
                  .keep_alive_interval = 3,
                  .mptcp = true}},
     "tcp:h:1,ipv4=off,ipv6=on,numeric,keep-alive,mptcp,to=9,keep-alive-count=1,"
     "keep-alive-idle=4294967295,keep-alive-interval=3"},
    {"unix:/run/x,y:z", UnixAddress{"/run/x,y:z", false}, "unix:/run/x,y:z"},
    {"unix:relative", UnixAddress{"relative", false}, "unix:relative"},
    {"abstract:name", UnixAddress{"name", true}, "abstract:name"},
    {std::string("abstract:a\0b", 12), UnixAddress{std::string("a\0b", 3), true},
     std::string("abstract:a\0b", 12)},
    {"abstract-padded:name", UnixAddress{"name", true, false}, "abstract-padded:name"},
    {"vsock:2:1234", VsockAddress{2, 1234}, "vsock:2:1234"},
    {"vsock:4294967295:0", VsockAddress{4294967295, 0}, "vsock:4294967295:0"},
    {"fd:0", FdAddress{0}, "fd:0"},
    {"fd:12", FdAddress{12}, "fd:12"},
};

void reads_and_writes_every_form(void**) {
    for (auto& [text, address, canonical] : good) {
        const auto parsed = parse_socket_address(text);
        if (!parsed)
            print_error("%s: %s\n", text.c_str(), parsed.error().message.c_str());
        assert_true(parsed.has_value());
        assert_true(*parsed == address);
        assert_true(to_string(*parsed) == canonical);
        assert_true(*parse_socket_address(canonical) == address);
    }
}

void refuses_everything_else_and_says_why(void**) {
    const std::string bad[] = {
        "",
        "localhost",
        "tcp:",
        "tcp:localhost",
        "localhost:",
        "[::1:80",
        "::1:80",
        "1:2:3",
        "[::1]80",
        "h:65536",
        "h:100000",
        "h:99999999999999999999",
        "h:1,ipv4=yes",
        "h:1,ipv4=",
        "h:1,color",
        "h:1,=on",
        "h:1,,ipv4",
        "h:1,ipv4=off,ipv6=off",
        "h:1,IPV4",
        "unix:",
        "abstract:",
        "fd:",
        "fd:-1",
        "fd:x",
        "fd:1x",
        "fd: 1",
        "fd:99999999999",
        "[[x]]:1",
        "a]:1",
        "h:1,to",
        "h:1,to=",
        "h:1,to=x",
        "h:1,to=65536",
        "h:1,to=-1",
        "h:10,to=9",
        "h:1,keep-alive-count",
        "h:1,keep-alive-idle=1s",
        "h:1,keep-alive-interval=4294967296",
        "h:1,keep-alive=1",
        "h:1,mptcp=yes",
        std::string("h\0x:1", 6),
        std::string("unix:a\0b", 8),
        std::string("unix:\0abc", 9),
        "abstract-padded:",
        "abstract-padded:" + std::string(108, 'a'),
        "vsock:",
        "vsock:1",
        "vsock:1:",
        "vsock::1",
        "vsock:1:2:3",
        "vsock:1:2x",
        "vsock: 1:2",
        "vsock:-1:2",
        "vsock:4294967296:1",
        "vsock:1:4294967296",
        "unix:" + std::string(109, 'p'),
        "abstract:" + std::string(108, 'a'),
    };
    for (auto& text : bad) {
        const auto parsed = parse_socket_address(text);
        if (parsed)
            print_error("accepted: %s\n", text.c_str());
        assert_false(parsed.has_value());
        assert_true(parsed.error().kind == ErrorKind::invalid_argument);
        // The text is in the message, so that a user finds the option it came from.
        assert_true(parsed.error().message.contains("'" + text + "'"));
    }
}

void a_refusal_says_what_would_be_right(void**) {
    const std::pair<std::string, std::string> cases[] = {
        {"localhost", "HOST:PORT"},
        {"::1:80", "[ADDRESS]:PORT"},
        {"h:", "write 0"},
        {"h:1,color", "keep-alive"},
        {"h:1,ipv4=yes", "'off'"},
        {"h:9,to=1", "last port"},
        {"vsock:1", "vsock:CID:PORT"},
        {"fd:x", "number"},
        {"unix:", "no name"},
        {"unix:" + std::string(109, 'p'), "at most 108"},
    };
    for (auto& [text, hint] : cases)
        assert_true(parse_socket_address(text).error().message.contains(hint));
}

void chooses_the_family_by_both_options_and_the_host(void**) {
    using Option = std::optional<bool>;
    struct Case {
        Option ipv4, ipv6;
        int with_host, everywhere;
    };
    const Case cases[] = {
        {{}, {}, AF_UNSPEC, AF_UNSPEC},    {{}, false, AF_INET, AF_INET},
        {{}, true, AF_INET6, AF_INET6},    {false, {}, AF_INET6, AF_INET6},
        {false, true, AF_INET6, AF_INET6}, {true, {}, AF_INET, AF_INET},
        {true, false, AF_INET, AF_INET},   {true, true, AF_UNSPEC, AF_INET6},
    };
    for (auto& [ipv4, ipv6, with_host, everywhere] : cases) {
        const InetAddress named{.host = "h", .port = "0", .ipv4 = ipv4, .ipv6 = ipv6};
        const InetAddress open{.host = "", .port = "0", .ipv4 = ipv4, .ipv6 = ipv6};
        assert_int_equal(*family_of(named), with_host);
        assert_int_equal(*family_of(open), everywhere);
    }
    const auto none = family_of({.host = "", .port = "", .ipv4 = false, .ipv6 = false});
    assert_true(none.error().kind == ErrorKind::invalid_argument);
}

sockaddr_storage storage_of(const void* address, std::size_t size) {
    sockaddr_storage storage;
    // What is behind the address is none of its business.
    std::memset(&storage, 'Z', sizeof storage);
    std::memcpy(&storage, address, size);
    return storage;
}

void reads_the_kernels_inet_addresses(void**) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(5901);
    inet_pton(AF_INET, "192.0.2.7", &four.sin_addr);
    const auto from_four = from_sockaddr(storage_of(&four, sizeof four), sizeof four);
    assert_true(*from_four == SocketAddress(InetAddress{
                                  .host = "192.0.2.7", .port = "5901", .ipv4 = true}));
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(80);
    inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
    const auto from_six = from_sockaddr(storage_of(&six, sizeof six), sizeof six);
    assert_string_equal(to_string(*from_six).c_str(), "tcp:[2001:db8::1]:80,ipv6=on");
    six.sin6_scope_id = 1;
    const auto scoped = from_sockaddr(storage_of(&six, sizeof six), sizeof six);
    assert_string_equal(std::get<InetAddress>(*scoped).host.c_str(), "2001:db8::1%lo");
}

SocketAddress from_unix(std::string_view name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size();
    return *from_sockaddr(storage_of(&address, size), socklen_t(size));
}

// IO-34: the kernel's length counts, not a terminator.
void reads_the_kernels_unix_addresses(void**) {
    using std::string;
    assert_true(from_unix("") == SocketAddress(UnixAddress{}));
    assert_true(from_unix("/a/b") == SocketAddress(UnixAddress{"/a/b", false}));
    assert_true(from_unix(string("/a/b\0", 5)) ==
                SocketAddress(UnixAddress{"/a/b", false}));
    const string longest(108, 'p');
    assert_true(from_unix(longest) == SocketAddress(UnixAddress{longest, false}));
    // The kernel counts a NUL behind it.
    sockaddr_un counted{};
    counted.sun_family = AF_UNIX;
    std::memset(counted.sun_path, 'p', sizeof counted.sun_path);
    assert_true(*from_sockaddr(storage_of(&counted, sizeof counted), 111) ==
                SocketAddress(UnixAddress{longest, false}));
    assert_true(from_unix(string("\0name", 5)) ==
                SocketAddress(UnixAddress{"name", true}));
    const string nuls("\0a\0\0b\0", 6);
    assert_true(from_unix(nuls) == SocketAddress(UnixAddress{nuls.substr(1), true}));
    const string full = string(1, '\0') + string(107, 'a');
    assert_true(from_unix(full) == SocketAddress(UnixAddress{full.substr(1), true}));
    const string padded = string("\0a\0b", 4) + string(104, '\0');
    assert_true(from_unix(padded) ==
                SocketAddress(UnixAddress{string("a\0b", 3), true, false}));
    assert_true(from_unix(padded.substr(0, 107)) ==
                SocketAddress(UnixAddress{padded.substr(1, 106), true}));
}

void reads_what_has_no_name_or_no_known_family(void**) {
    sockaddr_storage storage{};
    assert_true(*from_sockaddr(storage, 0) == SocketAddress(UnixAddress{}));
    storage.ss_family = AF_NETLINK;
    assert_true(from_sockaddr(storage, sizeof storage).error().kind ==
                ErrorKind::not_supported);
}

void makes_the_kernels_unix_addresses(void**) {
    for (const UnixAddress& address :
         {UnixAddress{"x", false}, UnixAddress{std::string(108, 'p'), false},
          UnixAddress{"x", true}, UnixAddress{std::string(107, 'a'), true},
          UnixAddress{std::string("a\0b\0", 4), true}, UnixAddress{"x", true, false}}) {
        const auto made = to_sockaddr(address);
        assert_true(made.has_value());
        const auto size = address.path.size() + address.is_abstract;
        assert_int_equal(made->length,
                         offsetof(sockaddr_un, sun_path) + (address.tight ? size : 108));
        assert_true(*from_sockaddr(made->storage, made->length) ==
                    SocketAddress(address));
    }
    for (const UnixAddress& address : {UnixAddress{"", false}, UnixAddress{"", true},
                                       UnixAddress{std::string(109, 'p'), false},
                                       UnixAddress{std::string("\0a", 2), false},
                                       UnixAddress{std::string(108, 'a'), true}})
        assert_true(to_sockaddr(address).error().kind == ErrorKind::invalid_argument);
}

void vsock_addresses_survive_the_kernels_form(void**) {
    const auto made = to_sockaddr(VsockAddress{2, 4294967295});
    assert_true(*from_sockaddr(made.storage, made.length) ==
                SocketAddress(VsockAddress{2, 4294967295}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_every_form),
        cmocka_unit_test(refuses_everything_else_and_says_why),
        cmocka_unit_test(a_refusal_says_what_would_be_right),
        cmocka_unit_test(chooses_the_family_by_both_options_and_the_host),
        cmocka_unit_test(reads_the_kernels_inet_addresses),
        cmocka_unit_test(reads_the_kernels_unix_addresses),
        cmocka_unit_test(reads_what_has_no_name_or_no_known_family),
        cmocka_unit_test(makes_the_kernels_unix_addresses),
        cmocka_unit_test(vsock_addresses_survive_the_kernels_form),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
