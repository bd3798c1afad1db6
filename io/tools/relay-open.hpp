// internal: from a relay address to a channel, and the layers upon an accepted one.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "io/tools/relay-credentials.hpp"
#include "io/tools/relay-leaf.hpp"
#include "io/websock/http-head.hpp"

namespace qio {
class ChannelWebsock;
}

namespace qio::relay {

/// What all layers of one channel share.
struct LayerOptions {
    Deadline deadline{};
    std::stop_token stop{};
    std::chrono::milliseconds heartbeat{0}; ///< for WebSockets that do not say; 0 = none
};

/// Connects to `address`, and does the handshakes of its layers from the bottom up.
/// `credentials` outlives it.
/// Errors: those of the leaf and the handshakes; a message begins with the layer that
/// failed.
Co<Result<ChannelRef>> open_target(std::shared_ptr<const RelayAddress> address,
                                   CredentialStore& credentials, LayerOptions options);

/// A reason to refuse a request, beyond what the layer says.
using Authorize =
    std::function<std::optional<ws::HttpRefusal>(const ws::HttpRequest& request)>;

/// Does the server's handshake of one layer on an accepted channel.
Co<Result<ChannelRef>> accept_layer(ChannelRef channel, const Layer& layer,
                                    CredentialStore& credentials, LayerOptions options,
                                    Authorize authorize);

/// The WebSocket on top of a channel; null if that is none.
std::shared_ptr<ChannelWebsock> as_websocket(const ChannelRef& channel);

} // namespace qio::relay
