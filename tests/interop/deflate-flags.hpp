// internal: command line options for the compression of a WebSocket.
#pragma once

#include <optional>

#include "io/websock/deflate-options.hpp"
#include "tests/interop/options.hpp"

namespace qio::interop {

/// --deflate [--no-takeover] [--own-window-bits N] [--peer-window-bits N]
class DeflateFlags {
public:
    void add_to(Options& options) {
        options.flag("--deflate", is_on_)
            .flag("--no-takeover", has_no_takeover_)
            .number("--own-window-bits", own_bits_)
            .number("--peer-window-bits", peer_bits_);
    }

    /// Empty: no compression.
    std::optional<ws::DeflateOptions> value() const {
        if (!is_on_)
            return std::nullopt;
        ws::DeflateOptions deflate;
        deflate.own_window_bits = int(own_bits_);
        deflate.peer_window_bits = int(peer_bits_);
        if (has_no_takeover_)
            deflate.own_takeover = deflate.peer_takeover = ws::ContextTakeover::no;
        return deflate;
    }

private:
    bool is_on_ = false;
    bool has_no_takeover_ = false;
    std::size_t own_bits_ = 15;
    std::size_t peer_bits_ = 15;
};

} // namespace qio::interop
