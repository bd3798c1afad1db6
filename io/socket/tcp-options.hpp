// internal: what an InetAddress asks of its sockets beyond the address.
#pragma once

#include "io/socket/address.hpp"

namespace qio::socket_ops {

/// The protocol for socket(2): TCP's default or Multipath TCP.
int protocol_of(const InetAddress& address);

/// Keep-alive as asked for; nothing when it is off.
/// Errors: invalid_argument for numbers beyond the kernel's; the message names the limit.
Result<void> set_keep_alive(int fd, const InetAddress& address);

} // namespace qio::socket_ops
