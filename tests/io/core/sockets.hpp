// Two connected sockets, and a byte to wake whoever watches the other one.
#pragma once

#include <memory>
#include <utility>

#include "io/socket/channel-socket.hpp"

namespace qio::test {

using SocketPair =
    std::pair<std::shared_ptr<ChannelSocket>, std::shared_ptr<ChannelSocket>>;

inline SocketPair sockets() {
    return *ChannelSocket::socket_pair();
}

inline void send_byte(Channel& channel) {
    (void)channel.write(as_bytes("x"));
}

} // namespace qio::test
