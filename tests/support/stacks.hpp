// Every pair of connected channels the contract is tested over.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/pipe-channel.hpp"

namespace qio::test {

/// A named way to get two channels that talk to each other. `first` is the client's end.
struct Stack {
    std::string name;
    std::function<ChannelPair()> make;
};

/// pipe, unix and tcp, each bare, with one layer and with every two of TLS and WebSocket
/// on it; pairs of file pipes, sockets of GIO, and a WebSocket client that is not ours.
const std::vector<Stack>& all_stacks();

/// Two socket connections of GIO.
ChannelPair make_gio_pair();
ChannelPair make_unix_pair();
ChannelPair make_tcp_pair();

/// Puts a WebSocket on a pair: our server on the second, the tests' client on the first.
/// Runs the default context for the handshake.
ChannelPair put_websock_on(ChannelPair below);

} // namespace qio::test
