// internal: the descriptors at the bottom of a GIOStream.
#pragma once

#include <gio/gio.h>

namespace qio {

/// What to poll for a stream's halves; -1 where nothing was found.
struct PollableFds {
    int input = -1;
    int output = -1;
    /// Of the socket connection at the bottom, if it is one.
    GSocket* socket = nullptr;
    /// The stream itself is that: its halves keep nothing back, and the descriptor tells
    /// all there is to know.
    bool is_bare = false;
};

/// Looks through the streams that wrap others (TLS, filters) down to sockets and streams
/// that are based on a descriptor. Borrowed from `stream`.
PollableFds find_fds(GIOStream* stream);

} // namespace qio
