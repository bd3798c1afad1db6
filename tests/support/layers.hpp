// Putting TLS and WebSocket on a channel, step by step and possibly in vain.
#pragma once

#include <string>
#include <vector>

#include "io/core/coroutine.hpp"
#include "tests/support/pipe-channel.hpp"

namespace qio::test {

enum class Layer { tls, websock, compressed_websock };
enum class End { client, server };

/// From the bottom to the top.
using Layers = std::vector<Layer>;

/// "websock over tls over pipe"; `base` stands last.
std::string name_of(const Layers& layers, const std::string& base);

/// Puts the layers on `below`, each handshake behind the other. Both ends ours.
/// Errors: those of the handshake that fails.
Co<Result<std::shared_ptr<Channel>>> put_layers_on(std::shared_ptr<Channel> below,
                                                   Layers layers, End end,
                                                   OperationOptions options = {});

/// The same on both ends of a pair, on the default context. Requires: nothing fails.
ChannelPair put_layers_on(ChannelPair below, const Layers& layers);

} // namespace qio::test
