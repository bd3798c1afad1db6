// libsoup's WebSocket connections, on the same main loop.
#include "tests/bench/soup.hpp"

#include <gio/gio.h>

#include <algorithm>

#include "tests/bench/harness.hpp"
#include "tests/bench/rivals.hpp"

namespace qio::bench {

namespace {

/// The server's end of a WebSocket on `fd`, as it is behind the handshake.
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

/// It queues messages, and does not tell when they have left: so a few at a time, each
/// few until the peer has them.
class SoupRival final : public Rival {
public:
    explicit SoupRival(UniqueFd near) : connection_(soup_connection(std::move(near))) {
        g_signal_connect(connection_.get(), "message", G_CALLBACK(on_message), this);
    }

    void receive(std::size_t payload) override {
        left_ = payload;
        run_until([&] { return left_ == 0; });
    }

    void send(ByteView message, std::size_t count, Drain& drain) override {
        const std::size_t few = std::max<std::size_t>(1, max_queued / message.size());
        const std::size_t wire = message.size() + frame_header_size(message.size());
        for (std::size_t left = count; left > 0;) {
            const std::size_t now = std::min(few, left);
            for (std::size_t i = 0; i < now; ++i)
                soup_websocket_connection_send_binary(connection_.get(), message.data(),
                                                      message.size());
            left -= now;
            drain.watch_for(left * wire);
            run_until([&] { return drain.lacks_at_most(left * wire); });
        }
    }

    std::function<void()> waker() override {
        return [] { g_main_context_wakeup(nullptr); };
    }

private:
    static constexpr std::size_t max_queued = 1024 * 1024;

    static void on_message(SoupWebsocketConnection*, int, GBytes* message,
                           gpointer self) noexcept {
        static_cast<SoupRival*>(self)->left_ -= g_bytes_get_size(message);
    }

    SoupRef connection_;
    std::size_t left_ = 0;
};

} // namespace

std::unique_ptr<Rival> make_soup_rival(UniqueFd near, int) {
    return std::make_unique<SoupRival>(std::move(near));
}

} // namespace qio::bench
