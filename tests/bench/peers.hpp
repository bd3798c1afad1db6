// The other ends of the measured connections: on threads of their own, whose time is not
// counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>

#include "io/base/bytes.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/context.hpp"
#include "io/socket/channel-socket.hpp"
#include "io/websock/channel-websock.hpp"

namespace qio::bench {

/// A TCP connection over the loopback, without Nagle's delay: `near` is non-blocking and
/// ours, `far` blocking and the peer's.
struct TcpPair {
    UniqueFd near, far;
};
TcpPair make_tcp_pair();

/// A channel of its own on `fd`.
std::shared_ptr<ChannelSocket> socket_channel(UniqueFd fd);
/// A WebSocket server on `near`, after the handshake with a client at `far`.
std::shared_ptr<ChannelWebsock> websock_channel(UniqueFd near, int far);

/// What a browser would ask of a server at that port.
std::string upgrade_request(std::uint16_t port);
/// Sends a WebSocket request, and takes in the head of the response, blocking.
void send_request(int fd, std::uint16_t port = 80);
void receive_response(int fd);

/// Lets this process have at least `wanted` descriptors more than a few, if it may.
/// Returns how many it can have.
std::size_t raise_descriptor_limit(std::size_t wanted);

/// Runs the default context until `done()`.
void run_until(const std::function<bool()>& done);

/// The wire size of the header of a frame from a server with that much payload.
std::size_t frame_header_size(std::size_t payload);
/// `count` masked frames as a client sends them, `payload` bytes in each.
Bytes masked_frames(std::size_t payload, std::size_t count);

/// Reads away whatever comes, and counts it.
class Drain {
public:
    /// `wake` is called, on the other thread, when what is awaited has come; null: it
    /// wakes the default context.
    explicit Drain(UniqueFd fd, std::function<void()> wake = {});
    ~Drain();

    /// That many bytes more are awaited.
    void expect(std::uint64_t bytes) { target_ += bytes; }
    bool is_done() const { return lacks_at_most(0); }
    /// Whether all has come but that many bytes, and to be woken then already.
    bool lacks_at_most(std::uint64_t bytes) const { return received_ + bytes >= target_; }
    void watch_for(std::uint64_t missing) { missing_ = missing; }

private:
    void run();

    const UniqueFd fd_;
    const std::function<void()> wake_;
    std::atomic<std::uint64_t> received_ = 0;
    std::atomic<std::uint64_t> target_ = 0;
    std::atomic<std::uint64_t> missing_ = 0;
    std::jthread thread_;
};

/// Sends the same bytes again and again, as fast as they are taken.
class Blast {
public:
    Blast(UniqueFd fd, Bytes bytes);
    ~Blast();

    std::size_t size() const { return bytes_.size(); }
    /// Starts to send all of the bytes `times` times. Requires: the last one is over.
    void start(int times);

private:
    void run();

    const UniqueFd fd_;
    const Bytes bytes_;
    int times_ = 0;
    std::binary_semaphore started_{0};
    std::jthread thread_;
};

} // namespace qio::bench
