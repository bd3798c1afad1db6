// Where qio-vnc listens: which hosts browsers may ask for at each place.
#include "ui/tools/qio-vnc/listening.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>

#include "io/base/handle.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::bridge;

namespace {

/// As the service manager hands it over; empty if this machine has no such addresses.
UniqueFd socket_at(const char* host) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host, "0", &hints, &found) != 0)
        return {};
    const Handle<addrinfo, &freeaddrinfo> address(found);
    UniqueFd fd(socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd || bind(fd.get(), address->ai_addr, address->ai_addrlen) != 0 ||
        listen(fd.get(), 1) != 0)
        return {};
    return fd;
}

Options options_of(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"-l", "none"});
    return parse_options(arguments).value_or(Options());
}

/// The hosts that may be asked for at a socket of the service manager; "*": any.
std::vector<std::string> hosts_at(const Options& options, UniqueFd socket) {
    const auto access = Access::create(options);
    if (!access)
        return {};
    std::vector<InheritedSocket> inherited;
    inherited.push_back({std::move(socket), "http"});
    auto places = places_of(options, **access, std::move(inherited), nullptr);
    if (places.size() != 1)
        return {};
    const UniqueFd taken(std::get<FdAddress>(places[0].listening.address).fd);
    auto hosts = places[0].listening.options.websocket.hosts;
    return hosts.empty() ? std::vector<std::string>{"*"} : hosts;
}

bool contains(const std::vector<std::string>& hosts, const char* host) {
    return std::ranges::find(hosts, host) != hosts.end();
}

void inherited_sockets_on_the_loopback_know_their_hosts(void**) {
    for (const auto* address : {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"}) {
        auto socket = socket_at(address);
        if (!socket && std::string_view(address).contains(':'))
            continue; // no IPv6 here
        const auto hosts = hosts_at(options_of({}), std::move(socket));
        assert_true(contains(hosts, "localhost"));
        assert_true(contains(hosts, "127.0.0.1"));
        assert_false(contains(hosts, "*"));
    }
    assert_true(contains(hosts_at(options_of({}), socket_at("127.0.0.2")), "127.0.0.2"));
}

void inherited_sockets_for_all_take_any_host(void**) {
    assert_true(contains(hosts_at(options_of({}), socket_at("0.0.0.0")), "*"));
    UniqueFd local(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    assert_true(contains(hosts_at(options_of({}), std::move(local)), "*"));
    const auto hosts =
        hosts_at(options_of({"--host", "vnc.example"}), socket_at("0.0.0.0"));
    assert_true(contains(hosts, "vnc.example") && contains(hosts, "localhost"));
    assert_false(contains(hosts, "*"));
}

std::string checked(const Options& options, const char* socket = nullptr) {
    std::vector<InheritedSocket> inherited;
    if (socket != nullptr)
        inherited.push_back({UniqueFd(), socket});
    const auto done = check_web(options, inherited);
    return done ? "" : done.error().message;
}

void pages_may_be_at_inherited_sockets(void**) {
    Options options = options_of({"--novnc", "dir"});
    const auto* const message = "--novnc: no pages are served; add --http ADDRESS";
    assert_string_equal(checked(options).c_str(), message);
    assert_string_equal(checked(options, "vnc").c_str(), message);
    assert_string_equal(checked(options, "websocket").c_str(), message);
    assert_string_equal(checked(options, "unknown").c_str(), "");
    options.http = UnixAddress{"/http"};
    assert_string_equal(checked(options).c_str(), "");
}

void what_is_for_browsers_needs_a_place_for_them(void**) {
    Options hosts = options_of({"--host", "vnc.example"});
    Options paths = options_of({"--path", "VGA=/vm"});
    for (auto* const options : {&hosts, &paths}) {
        const auto message = std::string(options == &hosts ? "--host" : "--path") +
                             ": browsers cannot connect anywhere; add --http ADDRESS or "
                             "--websocket ADDRESS";
        assert_string_equal(checked(*options).c_str(), message.c_str());
        assert_string_equal(checked(*options, "vnc").c_str(), message.c_str());
        assert_string_equal(checked(*options, "websocket").c_str(), "");
        assert_string_equal(checked(*options, "http").c_str(), "");
        options->display.websocket_addresses.push_back(UnixAddress{"/ws"});
        assert_string_equal(checked(*options).c_str(), "");
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(inherited_sockets_on_the_loopback_know_their_hosts),
        cmocka_unit_test(inherited_sockets_for_all_take_any_host),
        cmocka_unit_test(pages_may_be_at_inherited_sockets),
        cmocka_unit_test(what_is_for_browsers_needs_a_place_for_them),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
