// The web server of vnc-demo: its own page, and noVNC's files (internal to vnc-demo).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "io/base/error.hpp"
#include "io/socket/address.hpp"

namespace qio::demo {

/// What the page gets to know.
struct PageOptions {
    std::uint16_t websocket_port = 0;
    /// The folder below which core/rfb.js lies; empty: the page says that it is missing.
    std::optional<std::string> novnc_folder;
};

/// Serves `/`, its style and script, `/config.json` and `/novnc/…`, and nothing else.
/// Context: the default one of GLib.
class PageServer {
public:
    /// Errors: those of listen_all() in io/socket/listen.hpp.
    static Result<std::unique_ptr<PageServer>> create(const SocketAddress& address,
                                                      const PageOptions& options);
    ~PageServer();
    PageServer(const PageServer&) = delete;
    PageServer& operator=(const PageServer&) = delete;

    std::uint16_t port() const;

private:
    class Impl;
    explicit PageServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace qio::demo
