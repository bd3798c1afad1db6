// libsoup's WebSocket: a server that echoes messages, or a client of one.
//
// ws-soup [--tls FOLDER] [--deflate] [--port PORT]
//
// With --deflate a client offers compression, and expects it. Without a port it serves,
// and prints "listening PORT". A client prints "ok NAME" or "FAILED NAME" for each of its
// checks.
#include <glib-unix.h>
#include <libsoup/soup.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "io/base/handle.hpp"
#include "tests/interop/options.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

template <class T>
using Ref = Handle<T, &g_object_unref>;
using BytesRef = Handle<GBytes, &g_bytes_unref>;

constexpr unsigned patience = 30; // seconds

Ref<GTlsCertificate> certificate_in(const std::string& folder) {
    return Ref<GTlsCertificate>(
        g_tls_certificate_new_from_files((folder + "/server-cert.pem").c_str(),
                                         (folder + "/server-key.pem").c_str(), nullptr));
}

// ---- the server

void on_message(SoupWebsocketConnection* connection, gint type, GBytes* message,
                gpointer) noexcept {
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(message, &size));
    const std::string text(data ? data : "", size);
    int code = 0, end = 0;
    if (type == SOUP_WEBSOCKET_DATA_TEXT &&
        std::sscanf(text.c_str(), "close %d %n", &code, &end) == 1)
        return soup_websocket_connection_close(connection, gushort(code),
                                               text.c_str() + end);
    soup_websocket_connection_send_message(connection, SoupWebsocketDataType(type),
                                           message);
}

void on_connection(SoupServer*, SoupServerMessage*, const char*,
                   SoupWebsocketConnection* connection, gpointer) noexcept {
    soup_websocket_connection_set_max_incoming_payload_size(connection, 0);
    g_signal_connect(connection, "message", G_CALLBACK(&on_message), nullptr);
    g_signal_connect(connection, "closed", G_CALLBACK(&g_object_unref), nullptr);
    g_object_ref(connection);
}

gboolean quit(gpointer loop) noexcept {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

int serve(GMainLoop* loop, const std::string& folder) {
    const Ref<SoupServer> server(soup_server_new(nullptr, nullptr));
    if (!folder.empty())
        soup_server_set_tls_certificate(server.get(), certificate_in(folder).get());
    char* protocols[] = {const_cast<char*>("binary"), nullptr};
    soup_server_add_websocket_handler(server.get(), nullptr, nullptr, protocols,
                                      &on_connection, nullptr, nullptr);
    const int flags = SOUP_SERVER_LISTEN_IPV4_ONLY |
                      (folder.empty() ? 0 : int(SOUP_SERVER_LISTEN_HTTPS));
    if (!soup_server_listen_local(server.get(), 0, SoupServerListenOptions(flags),
                                  nullptr))
        return 1;
    GSList* uris = soup_server_get_uris(server.get());
    std::printf("listening %d\n", g_uri_get_port(static_cast<GUri*>(uris->data)));
    std::fflush(stdout);
    g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(&g_uri_unref));
    g_unix_signal_add(SIGTERM, &quit, loop);
    g_main_loop_run(loop);
    return 0;
}

// ---- the client

/// One connection that sends a message, and closes when it has come back.
struct Check {
    std::string name;
    SoupWebsocketDataType type;
    std::string text;
    gushort code = SOUP_WEBSOCKET_CLOSE_NORMAL;
    GMainLoop* loop = nullptr;
    bool is_compressed = false;
    std::string received{};
    bool has_come = false;
    gushort answer = 0;
};

void on_echo(SoupWebsocketConnection* connection, gint type, GBytes* message,
             gpointer data) noexcept {
    auto& check = *static_cast<Check*>(data);
    gsize size = 0;
    const auto* bytes = static_cast<const char*>(g_bytes_get_data(message, &size));
    check.received.assign(bytes ? bytes : "", size);
    check.has_come = type == int(check.type);
    soup_websocket_connection_close(connection, check.code, "done");
}

void on_closed(SoupWebsocketConnection* connection, gpointer data) noexcept {
    auto& check = *static_cast<Check*>(data);
    check.answer = soup_websocket_connection_get_close_code(connection);
    g_main_loop_quit(check.loop);
}

void on_connected(GObject* session, GAsyncResult* result, gpointer data) noexcept {
    auto& check = *static_cast<Check*>(data);
    auto* connection =
        soup_session_websocket_connect_finish(SOUP_SESSION(session), result, nullptr);
    if (!connection)
        return g_main_loop_quit(check.loop);
    soup_websocket_connection_set_max_incoming_payload_size(connection, 0);
    g_signal_connect(connection, "message", G_CALLBACK(&on_echo), &check);
    g_signal_connect(connection, "closed", G_CALLBACK(&on_closed), &check);
    g_object_set_data_full(session, "connection", connection, &g_object_unref);
    const BytesRef message(g_bytes_new(check.text.data(), check.text.size()));
    soup_websocket_connection_send_message(connection, check.type, message.get());
}

bool run(Check& check, const std::string& uri, GTlsDatabase* trusted) {
    const Ref<SoupSession> session(soup_session_new());
    if (check.is_compressed)
        soup_session_add_feature_by_type(session.get(),
                                         SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
    if (trusted)
        soup_session_set_tls_database(session.get(), trusted);
    const Ref<SoupMessage> message(soup_message_new("GET", uri.c_str()));
    char* protocols[] = {const_cast<char*>("other"), const_cast<char*>("binary"),
                         nullptr};
    soup_session_websocket_connect_async(session.get(), message.get(), nullptr, protocols,
                                         G_PRIORITY_DEFAULT, nullptr, &on_connected,
                                         &check);
    const guint late = g_timeout_add_seconds(patience, &quit, check.loop);
    g_main_loop_run(check.loop);
    g_source_remove(late);
    auto* connection = static_cast<SoupWebsocketConnection*>(
        g_object_get_data(G_OBJECT(session.get()), "connection"));
    if (connection)
        g_signal_handlers_disconnect_by_data(connection, &check);
    const char* chosen =
        connection ? soup_websocket_connection_get_protocol(connection) : nullptr;
    const bool is_compressed =
        connection && soup_websocket_connection_get_extensions(connection) != nullptr;
    return check.has_come && is_compressed == check.is_compressed &&
           check.received == check.text && check.answer == check.code && chosen &&
           std::strcmp(chosen, "binary") == 0;
}

int ask(GMainLoop* loop, std::size_t port, const std::string& folder,
        bool is_compressed) {
    const std::string uri = (folder.empty() ? "ws://localhost:" : "wss://localhost:") +
                            std::to_string(port) + "/";
    Ref<GTlsDatabase> trusted;
    if (!folder.empty())
        trusted.reset(
            g_tls_file_database_new((folder + "/ca-cert.pem").c_str(), nullptr));
    std::vector<Check> checks;
    for (const std::size_t size : {1, 125, 126, 65535, 65536, 1024 * 1024})
        checks.push_back({"echo-" + std::to_string(size), SOUP_WEBSOCKET_DATA_BINARY,
                          std::string(size, 'x')});
    checks.push_back({"text", SOUP_WEBSOCKET_DATA_TEXT, "\u4e16\u754c \U0001F600"});
    checks.push_back({"close-4999", SOUP_WEBSOCKET_DATA_TEXT, "text", 4999});
    int status = 0;
    for (auto& check : checks) {
        check.loop = loop;
        check.is_compressed = is_compressed;
        const bool is_good = run(check, uri, trusted.get());
        std::printf("%s %s\n", is_good ? "ok" : "FAILED", check.name.c_str());
        if (!is_good)
            status = 1;
    }
    return status;
}

} // namespace

int main(int argc, char** argv) {
    std::string folder;
    std::size_t port = 0;
    bool is_compressed = false;
    Options options("ws-soup");
    options.text("--tls", folder)
        .flag("--deflate", is_compressed)
        .number("--port", port)
        .parse(argc, argv);
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    return port == 0 ? serve(loop.get(), folder)
                     : ask(loop.get(), port, folder, is_compressed);
}
