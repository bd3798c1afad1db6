// libsoup's WebSocket connections, on the same main loop.
#pragma once

#include <libsoup/soup.h>

#include "io/base/handle.hpp"
#include "io/base/unique-fd.hpp"

namespace qio::bench {

using SoupRef = Handle<SoupWebsocketConnection, &g_object_unref>;

/// The server's end of a WebSocket on `fd`, as it is behind the handshake.
SoupRef soup_connection(UniqueFd fd);

} // namespace qio::bench
