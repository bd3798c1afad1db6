// A program outside the tree: it sees the installed headers and libraries, nothing else.
#include <io/core/transfer.hpp>
#include <io/socket/channel-socket.hpp>
#include <io/websock/channel-websock.hpp>
#include <ui/display.hpp>
#include <ui/vnc/server.hpp>

#include <array>
#include <cstdio>

namespace {

bool channels_move_bytes() {
    auto pair = qio::ChannelSocket::socket_pair();
    if (!pair || !qio::write_all(*pair->first, qio::as_bytes("hello")))
        return false;
    std::array<std::byte, 5> received;
    return qio::read_all(*pair->second, received).has_value() &&
           qio::as_text(received) == "hello";
}

bool a_server_listens() {
    auto server = qio::vnc::Server::create(std::make_shared<qio::ui::Display>());
    const qio::InetAddress any_port{.host = "127.0.0.1", .port = "0"};
    return server->listen(any_port) && server->listen_websocket(any_port) &&
           server->addresses().size() == 1 && server->websocket_addresses().size() == 1;
}

} // namespace

int main() {
    if (!channels_move_bytes() || !a_server_listens()) {
        std::fputs("the installed library does not work\n", stderr);
        return 1;
    }
    return 0;
}
