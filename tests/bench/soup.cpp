// libsoup's WebSocket connections, on the same main loop.
#include "tests/bench/soup.hpp"

#include <gio/gio.h>

#include "tests/bench/harness.hpp"

namespace qio::bench {

SoupRef soup_connection(UniqueFd fd) {
    GSocket* const socket = g_socket_new_from_fd(fd.release(), nullptr);
    if (socket == nullptr)
        give_up("GIO does not take the socket");
    GSocketConnection* const stream =
        g_socket_connection_factory_create_connection(socket);
    GUri* const uri =
        g_uri_parse("ws://localhost/", GUriFlags(SOUP_HTTP_URI_FLAGS), nullptr);
    SoupRef connection(soup_websocket_connection_new(G_IO_STREAM(stream), uri,
                                                     SOUP_WEBSOCKET_CONNECTION_SERVER,
                                                     nullptr, nullptr, nullptr));
    g_uri_unref(uri);
    g_object_unref(stream);
    g_object_unref(socket);
    return connection;
}

} // namespace qio::bench
