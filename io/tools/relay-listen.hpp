// internal: opens the sockets that qio-relay listens on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/socket/net-listener.hpp"
#include "io/tools/relay-connection.hpp"

namespace qio::relay {

/// A listener on LISTEN: on its addresses, on descriptor N or on all sockets of the
/// service manager.
/// Context: takes the manager's variables out of the environment.
/// Errors: those of listening; not_found if the manager gave no socket.
Result<std::shared_ptr<NetListener>> listen_on(const Options& options);

/// The addresses for people, with real ports: "ws://127.0.0.1:8080/".
std::vector<std::string> addresses_of(const NetListener& listener,
                                      const RelayAddress& listen);

/// Who has connected: an address, or the process at the other end of a unix socket.
Peer peer_of(const ChannelSocket& socket);

} // namespace qio::relay
