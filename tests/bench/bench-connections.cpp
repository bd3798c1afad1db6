// What it costs to accept a WebSocket, and what memory an idle one takes.
#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"
#include "tests/bench/servers.hpp"

namespace qio::bench {

namespace {

/// Clients of one server, which they connect to from a thread of their own.
class Clients {
public:
    explicit Clients(Server& server) : server_(server), port_(server.port()) {}

    /// Opens `count` connections more, one after the other.
    void connect(std::size_t count) {
        const std::size_t wanted = server_.connection_count() + count;
        std::atomic<bool> done = false;
        const std::jthread thread([&] {
            pin_thread(Place::peer);
            for (std::size_t i = 0; i < count; ++i)
                open_one();
            done = true;
            g_main_context_wakeup(nullptr);
        });
        run_until([&] { return done && server_.connection_count() == wanted; });
    }

    /// Each sends one frame.
    void send(ByteView frame, std::size_t payload) {
        const std::size_t wanted = server_.received() + fds_.size() * payload;
        for (auto& fd : fds_)
            if (::send(fd.get(), frame.data(), frame.size(), 0) != ssize_t(frame.size()))
                give_up("cannot send a frame");
        run_until([&] { return server_.received() == wanted; });
    }

    void drop() {
        server_.drop_connections();
        fds_.clear();
        while (g_main_context_iteration(nullptr, FALSE)) {
        }
    }

private:
    void open_one() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port_);
        auto& fd = fds_.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) !=
            0)
            give_up("cannot connect over the loopback");
        send_request(fd.get(), port_);
        receive_response(fd.get());
    }

    Server& server_;
    const std::uint16_t port_;
    std::vector<UniqueFd> fds_;
};

void run_handshakes(const Options& options) {
    QioServer ours;
    LibsoupServer soup;
    Clients our_clients(ours), soup_clients(soup);
    const std::size_t count = options.amount(128);
    const auto round = [count](Clients& clients) {
        clients.connect(count);
        clients.drop();
    };
    const double unit = double(count) * 1000; // the meter's are nanoseconds
    const Comparison comparison(
        {{[&] { round(our_clients); }, unit}, {[&] { round(soup_clients); }, unit}},
        options.rounds());
    const Table table(options, "Accepting: CPU of the server", "µs per connection");
    table.add(row_of("accept, handshake, close", comparison, 0, "libsoup", 1));
    const Table rates(options, "The same as a rate: more is better",
                      "connections per second of CPU");
    const auto rate = [&](std::size_t i) {
        return 1e6 / comparison.median(i).nanoseconds;
    };
    rates.add({.what = "accept, handshake, close",
               .ours = rate(0),
               .peer = "libsoup",
               .theirs = rate(1),
               .ratio = rate(0) / rate(1)});
}

double heap_in_use() {
    const auto info = mallinfo2();
    return double(info.uordblks + info.hblkhd);
}

/// Bytes of heap for each idle connection: just accepted, and after one frame.
struct Footprint {
    double accepted, used;
};

Footprint footprint(Server& server, std::size_t count) {
    constexpr std::size_t payload = 100;
    const auto frame = masked_frames(payload, 1);
    Clients clients(server);
    // What is made once, for the first connection, is not a connection's.
    clients.connect(4);
    clients.send(frame, payload);
    const double before = heap_in_use();
    clients.connect(count);
    const double accepted = heap_in_use();
    clients.send(frame, payload);
    const double used = heap_in_use();
    clients.drop();
    return {(accepted - before) / double(count), (used - before) / double(count)};
}

void run_memory(const Options& options) {
    const std::size_t wanted = options.amount(1000);
    const std::size_t count = std::min(wanted, raise_descriptor_limit(2 * wanted) / 2);
    QioServer ours;
    LibsoupServer soup;
    const Footprint own = footprint(ours, count), other = footprint(soup, count);
    const Table table(options, "Heap of an idle connection", "bytes");
    const auto add = [&](const char* what, double mine, double theirs) {
        table.add({.what = what,
                   .ours = mine,
                   .peer = "libsoup",
                   .theirs = theirs,
                   .ratio = mine / theirs});
    };
    add("just accepted", own.accepted, other.accepted);
    add("after a frame was received", own.used, other.used);
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    const auto options = qio::bench::parse_options(argc, argv);
    qio::bench::run_handshakes(options);
    qio::bench::run_memory(options);
}
