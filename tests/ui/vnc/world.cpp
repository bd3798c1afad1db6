// What the server's tests are played in.
#include "tests/ui/vnc/world.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "io/base/unique-fd.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/websock-client.hpp"

namespace qio::test {

// ---- Emulator

void Emulator::called() {
    if (on_any)
        on_any();
}

void Emulator::forget() {
    keys = std::vector<ui::KeyEvent>();
    pointers = std::vector<ui::PointerEvent>();
    texts = std::vector<std::string>();
}

void Emulator::key(const ui::KeyEvent& event) {
    keys.push_back(event);
    called();
}

void Emulator::pointer(const ui::PointerEvent& event) {
    pointers.push_back(event);
    called();
}

void Emulator::cut_text(std::string utf8) {
    texts.push_back(std::move(utf8));
    called();
}

ui::ResizeAnswer Emulator::resize_request(int width, int height) {
    sizes.emplace_back(width, height);
    if (on_resize)
        on_resize(width, height);
    called();
    return answer;
}

ui::ResizeAnswer Emulator::layout_request(const ui::ScreenLayout& wish) {
    if (!on_layout)
        return InputSink::layout_request(wish);
    sizes.emplace_back(wish.width, wish.height);
    on_layout(wish);
    called();
    return answer;
}

void Emulator::pointer_motion(int dx, int dy, std::uint16_t buttons) {
    motions.push_back({dx, dy, buttons});
    called();
}

void Emulator::clipboard_wanted() {
    ++wishes;
    called();
}

bool Emulator::power(ui::PowerAction action) {
    powers.push_back(action);
    called();
    return power_answer;
}

// ---- World

World::World(const vnc::ServerOptions& options)
    : server(vnc::Server::create(display, options)) {
    display->set_input(&emulator);
    show(64, 48);
}

World::~World() {
    emulator.on_any = {};
    server.reset();
    drain();
    if (!folder_.empty())
        std::filesystem::remove_all(folder_);
}

std::shared_ptr<ui::Surface> World::show(int width, int height, unsigned seed) {
    surface = picture(width, height, 0, Content::noise, seed);
    display->set_surface(surface);
    return surface;
}

void World::draw(const ui::Rect& rect, std::uint32_t colour) {
    const auto visible = ui::intersect(rect, surface->bounds());
    for (int y = visible.y; y < visible.bottom(); ++y)
        std::fill_n(reinterpret_cast<std::uint32_t*>(surface->row(y)) + visible.x,
                    visible.width, colour);
    display->damage(rect);
}

SocketAddress World::address(Over over) {
    if (!addresses_.contains(over))
        addresses_[over] = listen(over);
    return addresses_[over];
}

SocketAddress World::listen(Over over) {
    if (over == Over::websocket) {
        (void)server->listen_websocket(InetAddress{.host = "127.0.0.1", .port = "0"});
        return server->websocket_addresses().back();
    }
    SocketAddress wanted =
        InetAddress{.host = over == Over::tcp6 ? "::1" : "127.0.0.1", .port = "0"};
    if (over == Over::unix_socket) {
        char name[] = "/tmp/qio-vnc-XXXXXX";
        folder_ = mkdtemp(name);
        wanted = UnixAddress{.path = folder_ + "/rfb"};
    }
    (void)server->listen(wanted);
    return server->addresses().back();
}

std::shared_ptr<Channel> World::dial_socket(const SocketAddress& address) {
    std::shared_ptr<Channel> channel;
    bool done = false;
    ChannelSocket::connect(address, {}, [&](auto result) {
        done = true;
        if (result)
            channel = *result;
    });
    run_until([&] { return done; });
    return channel;
}

std::shared_ptr<Channel> World::dial(Over over) {
    if (over == Over::pipe) {
        auto [ours, theirs] = make_pipe_pair(pipe_bytes);
        server->add_client(theirs);
        return ours;
    }
    auto socket = dial_socket(address(over));
    if (!socket || over != Over::websocket)
        return socket;
    const auto response = WebsockClient::shake_hands(*socket);
    if (!response.starts_with("HTTP/1.1 101 "))
        return nullptr;
    return std::make_shared<WebsockClient>(socket);
}

ClientPtr World::connect(Over over) {
    return std::make_unique<RfbClient>(dial(over));
}

ClientPtr World::join(Over over, bool shared) {
    auto client = connect(over);
    if (!client->shake_hands("RFB 003.008\n", shared))
        return nullptr;
    return client;
}

ClientPtr World::watch(std::initializer_list<int> encodings, Over over) {
    auto client = join(over);
    if (client) {
        client->set_encodings(encodings);
        client->sync();
    }
    return client;
}

bool World::has_clients(std::size_t running, std::size_t connecting) {
    return run_until([&] {
        return server->client_count() == running &&
               server->connecting_count() == connecting;
    });
}

// ---- the machine

bool has_ipv6() {
    const UniqueFd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 loopback{};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    return fd &&
           bind(fd.get(), reinterpret_cast<sockaddr*>(&loopback), sizeof loopback) == 0;
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    // The listing is open itself.
    return std::size_t(std::distance(begin(all), end(all))) - 1;
}

} // namespace qio::test
