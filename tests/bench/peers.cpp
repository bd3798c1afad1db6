// The other ends of the measured connections.
#include "tests/bench/peers.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>

#include "io/websock/frame.hpp"
#include "io/websock/unmask.hpp"
#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

void set_no_delay(int fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void wake_default_context() {
    g_main_context_wakeup(nullptr);
}

} // namespace

TcpPair make_tcp_pair() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    const UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    UniqueFd far(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (bind(listener.get(), name, length) != 0 || listen(listener.get(), 1) != 0 ||
        getsockname(listener.get(), name, &length) != 0 ||
        connect(far.get(), name, length) != 0)
        give_up("cannot connect over the loopback");
    UniqueFd near(
        accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    set_no_delay(near.get());
    set_no_delay(far.get());
    return {std::move(near), std::move(far)};
}

std::shared_ptr<ChannelSocket> socket_channel(UniqueFd fd) {
    return must(ChannelSocket::from_fd(std::move(fd)));
}

std::shared_ptr<ChannelWebsock> websock_channel(UniqueFd near, int far) {
    auto channel = ChannelWebsock::server(socket_channel(std::move(near)));
    bool done = false;
    send_request(far);
    channel->handshake({}, [&](Result<void> result) {
        if (!result)
            give_up(result.error().message);
        done = true;
    });
    run_until([&] { return done; });
    receive_response(far);
    return channel;
}

std::string upgrade_request(std::uint16_t port) {
    return "GET / HTTP/1.1\r\n"
           "Host: localhost:" +
           std::to_string(port) +
           "\r\n"
           "Upgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: binary\r\n"
           "Sec-WebSocket-Version: 13\r\n\r\n";
}

void send_request(int fd, std::uint16_t port) {
    const std::string request = upgrade_request(port);
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size()))
        give_up("cannot send a request");
}

void receive_response(int fd) {
    // Byte by byte would find its exact end; but nothing follows it here.
    std::string head;
    std::array<char, 1024> piece;
    while (head.find("\r\n\r\n") == head.npos) {
        const ssize_t count = recv(fd, piece.data(), piece.size(), 0);
        if (count <= 0)
            give_up("no response to a request");
        head.append(piece.data(), std::size_t(count));
    }
    if (!head.starts_with("HTTP/1.1 101 "))
        give_up("refused: " + head);
}

std::size_t raise_descriptor_limit(std::size_t wanted) {
    constexpr rlim_t others = 100;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted + others)
        limit.rlim_cur = std::min<rlim_t>(wanted + others, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur - std::min(limit.rlim_cur, others);
}

void run_until(const std::function<bool()>& done) {
    while (!done())
        g_main_context_iteration(nullptr, TRUE);
}

std::size_t frame_header_size(std::size_t payload) {
    return ws::encode_frame_header(ws::Opcode::binary, ws::Fin::yes, payload).size;
}

Bytes masked_frames(std::size_t payload, std::size_t count) {
    Bytes frames;
    for (std::size_t i = 0; i < count; ++i) {
        const ws::MaskKey key{std::byte(i), std::byte(0x5A), std::byte(i >> 8),
                              std::byte(0xC3)};
        const auto header =
            ws::encode_frame_header(ws::Opcode::binary, ws::Fin::yes, payload, key);
        frames.insert(frames.end(), header.view().begin(), header.view().end());
        frames.resize(frames.size() + payload, std::byte(i));
        ws::unmask(MutableBytes(frames).last(payload), key, 0);
    }
    return frames;
}

Drain::Drain(UniqueFd fd, std::function<void()> wake)
    : fd_(std::move(fd)), wake_(wake ? std::move(wake) : wake_default_context),
      thread_([this] { run(); }) {}

Drain::~Drain() {
    shutdown(fd_.get(), SHUT_RDWR);
}

void Drain::run() {
    pin_thread(Place::peer);
    Bytes buffer(256 * 1024);
    for (;;) {
        const ssize_t count = recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (count <= 0)
            return;
        received_ += std::uint64_t(count);
        if (lacks_at_most(missing_))
            wake_();
    }
}

Blast::Blast(UniqueFd fd, Bytes bytes)
    : fd_(std::move(fd)), bytes_(std::move(bytes)), thread_([this] { run(); }) {}

Blast::~Blast() {
    shutdown(fd_.get(), SHUT_RDWR);
    start(0);
}

void Blast::start(int times) {
    times_ = times;
    started_.release();
}

void Blast::run() {
    pin_thread(Place::peer);
    for (;;) {
        started_.acquire();
        if (times_ == 0)
            return;
        for (int i = 0; i < times_; ++i)
            for (ByteView rest = bytes_; !rest.empty();) {
                const ssize_t count =
                    send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
                if (count <= 0)
                    return;
                rest = rest.subspan(std::size_t(count));
            }
    }
}

} // namespace qio::bench
