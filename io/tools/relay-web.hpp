// internal: files for browsers on the port of a WebSocket.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "io/tools/relay-open.hpp"
#include "io/tools/relay-options.hpp"

namespace qio {
class ChannelPrefixed;
}

namespace qio::relay {

/// A channel whose first request has been looked at, and is still to be read.
struct SniffedRequest {
    std::shared_ptr<ChannelPrefixed> channel{};
    bool is_upgrade = false; ///< to a WebSocket; or no complete head of 4096 bytes
};

/// Reads ahead to the end of the first request's head.
/// Errors: disconnected, timed_out, cancelled.
Co<Result<SniffedRequest>> sniff_request(ChannelRef channel, LayerOptions options);

/// Whether a request's head asks for an upgrade to a WebSocket. Pure.
bool asks_for_websocket(std::string_view head);

/// Whether this program was built with libsoup.
WebSupport web_support();

/// Serves the files below a folder.
/// Context: the default one. Lifetime: outlives what it serves.
class WebFiles {
public:
    /// Errors: not_found (no such folder), not_supported (built without libsoup).
    static Result<std::unique_ptr<WebFiles>> create(const std::string& folder);
    ~WebFiles();

    /// Answers one request, unless the client leaves before, takes nothing for half a
    /// minute, or `stop` says so. Gives the bytes moved.
    Co<std::uint64_t> serve(std::shared_ptr<ChannelPrefixed> channel,
                            std::stop_token stop);

private:
    class Impl;
    explicit WebFiles(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

} // namespace qio::relay
