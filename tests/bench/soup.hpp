// libsoup's WebSocket connections, on the same main loop.
#pragma once

#include <libsoup/soup.h>

#include "io/base/handle.hpp"

namespace qio::bench {

using SoupRef = Handle<SoupWebsocketConnection, &g_object_unref>;

} // namespace qio::bench
