// Opening listening sockets: every address of a name, unix paths, inherited descriptors.
#pragma once

#include <memory>
#include <vector>

#include "io/base/api.hpp"
#include "io/socket/channel-socket.hpp"

namespace qio {

using ListeningSockets = std::vector<std::shared_ptr<ChannelSocket>>;

/// One listening socket for each address `address` stands for, at least one.
///
/// TCP port 0 gives all of them the same free port; of a range of ports (`to`) the first
/// that is free at all of them is taken. A family the machine lacks is passed
/// over; an address that is taken fails the whole. A unix path whose listener has died is
/// taken over. An FdAddress is adopted, and closed on failure.
/// Errors: address_in_use, permission_denied, not_found, invalid_argument; the message
/// begins with the address.
QIO_API Result<ListeningSockets> listen_all(const SocketAddress& address, int backlog);

} // namespace qio
