// GIO's own classes over a channel: reading lines with GDataInputStream.
#include <cstdio>

#include <io/core/transfer.hpp>
#include <io/gio/channel-stream.hpp>
#include <io/socket/channel-socket.hpp>

int main() {
    auto pair = qio::ChannelSocket::socket_pair();
    if (!pair)
        return std::fprintf(stderr, "%s\n", pair.error().message.c_str()), 1;
    // Any channel would do: a TLS session, a WebSocket, a child process.
    const auto stream = qio::stream_from_channel(pair->first);
    if (!qio::write_all(*pair->second, qio::as_bytes("first\nsecond\n")))
        return 1;
    (void)pair->second->close();

    GDataInputStream* lines =
        g_data_input_stream_new(g_io_stream_get_input_stream(stream.get()));
    while (char* line = g_data_input_stream_read_line(lines, nullptr, nullptr, nullptr)) {
        std::puts(line);
        g_free(line);
    }
    g_object_unref(lines);
}
