// The two ends of a relay under load: an echo server, and thousands of WebSocket clients.
//
//   relay-load echo
//   relay-load clients PORT COUNT ACTIVE
//
// The clients print "open" when all are connected, wait for a line of input, send on
// ACTIVE connections and compare what comes back, print "active BYTES", and at last
// "closed N" with the number of close frames 1001.
#include <glib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/random.hpp"
#include "io/core/async-completion.hpp"
#include "io/plain/channel-file.hpp"
#include "io/socket/async-socket.hpp"
#include "io/socket/net-listener.hpp"
#include "io/websock/channel-websock.hpp"

using namespace qio;

namespace {

constexpr std::size_t block_size = 16 * 1024;
constexpr int blocks_per_client = 64;
constexpr unsigned openers = 50;

[[noreturn]] void give_up(const std::string& message) {
    std::fprintf(stderr, "relay-load: %s\n", message.c_str());
    std::exit(1);
}

template <class T>
T required(Result<T> result) {
    if (!result)
        give_up(result.error().message);
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

void say(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

// ---- the echo server

Co<void> echo(std::shared_ptr<ChannelSocket> socket) {
    // Filled and emptied between two waits, so that one is enough for all.
    static Bytes buffer(block_size);
    AsyncChannel channel(socket);
    for (;;) {
        auto reading = channel.read(buffer);
        const auto count = co_await reading;
        if (!count || *count == 0)
            break;
        const Bytes received(buffer.begin(), buffer.begin() + std::ptrdiff_t(*count));
        auto writing = channel.write_all(received);
        if (!co_await writing)
            break;
    }
    (void)socket->close();
}

int serve_echo() {
    const auto listener = NetListener::create();
    required(listener->open(InetAddress{.host = "127.0.0.1", .port = "0"}, 4096));
    listener->set_callback(
        [](NetListener::Client client) { spawn(nullptr, echo(std::move(client))); });
    say(std::get<InetAddress>(listener->addresses().front()).port);
    for (;;)
        g_main_context_iteration(nullptr, TRUE);
}

// ---- the clients

struct Load {
    std::string port;
    std::size_t count = 0;
    std::size_t active = 0;
    std::vector<std::shared_ptr<ChannelWebsock>> clients{};
    std::size_t started = 0;
    std::size_t active_done = 0;
    std::size_t bytes = 0;
    std::size_t closed = 0;
    std::size_t closed_as_told = 0;
};

Co<void> open_clients(Load& load) {
    while (load.started < load.count) {
        ++load.started;
        const InetAddress address{.host = "127.0.0.1", .port = load.port};
        auto connecting = async_connect(address);
        auto socket = required(co_await connecting);
        ws::ClientHandshakeOptions options;
        options.host = "localhost";
        options.deadline = std::chrono::minutes(2);
        const auto client = ChannelWebsock::client(std::move(socket), options);
        const OperationOptions limits;
        required(co_await completion_of<void>([&client, &limits](auto done) {
            client->handshake(limits, std::move(done));
        }));
        load.clients.push_back(client);
    }
}

Co<void> exercise(Load& load, std::shared_ptr<ChannelWebsock> client) {
    AsyncChannel channel(client);
    Bytes sent(block_size), received(block_size);
    for (int i = 0; i < blocks_per_client; ++i) {
        fill_random(sent);
        auto writing = channel.write_all(sent);
        required(co_await writing);
        auto reading = channel.read_all_or_end(received);
        if (!required(co_await reading) || sent != received)
            give_up("what came back differs");
        load.bytes += sent.size();
    }
    ++load.active_done;
}

/// Reads to the end, which the relay is to bring.
class Ending {
public:
    Ending(Load& load, ChannelWebsock& client)
        : load_(load), client_(client),
          watch_(client, Condition::in, [this](Condition) { on_ready(); }) {}

private:
    void on_ready() {
        std::byte byte{};
        const auto count = client_.read({&byte, 1});
        if (count && !*count)
            return;
        const auto& close = client_.peer_close();
        load_.closed_as_told += close && close->code == ws::CloseCode::going_away;
        ++load_.closed;
        watch_.reset();
        (void)client_.close();
    }

    Load& load_;
    ChannelWebsock& client_;
    Watch watch_;
};

void run_until(const std::function<bool()>& done) {
    while (!done())
        g_main_context_iteration(nullptr, TRUE);
}

int run_clients(Load load) {
    for (unsigned i = 0; i < openers; ++i)
        spawn(nullptr, open_clients(load));
    run_until([&] { return load.clients.size() == load.count; });
    say("open");
    (void)std::getchar();
    for (std::size_t i = 0; i < load.active; ++i)
        spawn(nullptr, exercise(load, load.clients[i * load.count / load.active]));
    run_until([&] { return load.active_done == load.active; });
    std::vector<std::unique_ptr<Ending>> endings;
    for (const auto& client : load.clients)
        endings.push_back(std::make_unique<Ending>(load, *client));
    say("active " + std::to_string(load.bytes));
    run_until([&] { return load.closed == load.count; });
    say("closed " + std::to_string(load.closed_as_told));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words == std::vector<std::string>{"echo"})
        return serve_echo();
    if (words.size() != 4 || words[0] != "clients")
        give_up("write echo, or clients PORT COUNT ACTIVE");
    return run_clients({.port = words[1],
                        .count = std::stoul(words[2]),
                        .active = std::stoul(words[3])});
}
