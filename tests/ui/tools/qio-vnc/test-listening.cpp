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
        const auto hosts = hosts_at({}, std::move(socket));
        assert_true(contains(hosts, "localhost"));
        assert_true(contains(hosts, "127.0.0.1"));
        assert_false(contains(hosts, "*"));
    }
    assert_true(contains(hosts_at({}, socket_at("127.0.0.2")), "127.0.0.2"));
}

void inherited_sockets_for_all_take_any_host(void**) {
    assert_true(contains(hosts_at({}, socket_at("0.0.0.0")), "*"));
    UniqueFd local(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    assert_true(contains(hosts_at({}, std::move(local)), "*"));
    Options options;
    options.hosts = {"vnc.example"};
    const auto hosts = hosts_at(options, socket_at("0.0.0.0"));
    assert_true(contains(hosts, "vnc.example") && contains(hosts, "localhost"));
    assert_false(contains(hosts, "*"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(inherited_sockets_on_the_loopback_know_their_hosts),
        cmocka_unit_test(inherited_sockets_for_all_take_any_host),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
