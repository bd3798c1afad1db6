// TCP over the loopback by plain blocking calls.
#include "tests/bench/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

UniqueFd without_delay(UniqueFd fd) {
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

} // namespace

LoopbackListener listen_on_loopback(std::uint16_t port) {
    auto address = loopback(port);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd.get(), name, length) != 0 || listen(fd.get(), SOMAXCONN) != 0 ||
        getsockname(fd.get(), name, &length) != 0)
        give_up("cannot listen on the loopback");
    return {std::move(fd), ntohs(address.sin_port)};
}

UniqueFd connect_to_loopback(std::uint16_t port) {
    auto address = loopback(port);
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return {};
    return without_delay(std::move(fd));
}

UniqueFd accept_from(const LoopbackListener& listener) {
    UniqueFd fd(accept4(listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd)
        give_up("cannot accept a connection");
    return without_delay(std::move(fd));
}

} // namespace qio::bench
