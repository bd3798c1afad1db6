// internal: what the echo servers here share.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/core/async-channel.hpp"
#include "io/socket/channel-socket.hpp"
#include "io/tls/channel-tls.hpp"

namespace qio::interop {

/// One connection, from its first byte to its end.
using Serve = std::function<Co<void>(std::shared_ptr<ChannelSocket>)>;

/// Serves each connection to 127.0.0.1 until a SIGTERM or SIGINT; prints "listening
/// PORT". Returns the program's exit status.
int run_server(std::size_t port, Serve serve);

/// Prints a line at once.
void say(const std::string& line);

/// For whatever a peer may take too long for.
Deadline in_time();

/// Puts a server's TLS on a connection, and shakes hands.
Co<Result<std::shared_ptr<ChannelTls>>> accept_tls(std::shared_ptr<Channel> socket,
                                                   const TlsCredentials& credentials,
                                                   const tls::ServerOptions& options);

/// Sends back what comes until the stream ends, or `limit` bytes were sent back (0 = no
/// limit). `count` is what was sent back.
Co<Result<void>> echo(AsyncChannel& channel, std::size_t limit, std::size_t& count);

} // namespace qio::interop
