// TCP sockets between a server that is measured and its viewers.
#include "tests/bench/vnc/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

constexpr int max_attempts = 1000; // to connect
constexpr unsigned attempt_pause_us =
    10000; // no event tells that another process listens

sockaddr_in socket_address(const char* address, int port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(std::uint16_t(port));
    if (inet_pton(AF_INET, address, &result.sin_addr) != 1)
        give_up("no address");
    return result;
}

UniqueFd make_socket() {
    return UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

void send_at_once(const UniqueFd& fd) {
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace

UniqueFd listen_on(const char* address, int port) {
    auto fd = make_socket();
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto where = socket_address(address, port);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
        listen(fd.get(), 16) != 0)
        give_up("no port to listen on");
    return fd;
}

int port_of(const UniqueFd& listener) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
}

UniqueFd accept_one(const UniqueFd& listener) {
    UniqueFd fd(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd)
        give_up("no connection");
    send_at_once(fd);
    return fd;
}

UniqueFd connect_to(const char* address, int port) {
    const auto where = socket_address(address, port);
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto fd = make_socket();
        if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) ==
            0) {
            send_at_once(fd);
            return fd;
        }
        usleep(attempt_pause_us);
    }
    give_up("a server does not listen");
}

} // namespace qio::bench
