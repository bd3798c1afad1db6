// libwebsockets: a server that echoes messages, or a client of one.
//
// ws-lws [--tls FOLDER] [--deflate OFFER] [--port PORT]
//
// With --deflate the server knows compression; OFFER is any text. Without a port
// it serves, and prints "listening PORT". A client prints "ok NAME" or "FAILED NAME" for
// each of its checks.
#include <libwebsockets.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/interop/options.hpp"

using namespace qio::interop;

namespace {

constexpr std::chrono::seconds patience(30);
constexpr std::size_t max_piece = 16 * 1024;

struct Message {
    std::string text{};
    bool is_binary = true;
    std::size_t sent = 0; ///< bytes
};

/// What a client does: sends a message, closes with `code` when it has come back.
struct Check {
    std::string name;
    Message message;
    int code = LWS_CLOSE_STATUS_NORMAL;
    bool has_come = false;
    int answer = 0;
    bool is_over = false;
};

/// One connection of either kind.
struct Connection {
    Message incoming;
    std::deque<Message> outgoing;
    int close_code = 0; ///< once all has left
    std::string close_reason;
};

struct Program {
    std::string deflate{}; ///< empty = no compression
    std::map<lws*, Connection> connections;
    Check* check = nullptr; ///< a client's
};

Program program;
std::atomic<bool> is_stopped = false;

void stop(int) {
    is_stopped = true;
}

void on_whole(lws* wsi, Connection& connection) {
    Message message = std::exchange(connection.incoming, {});
    if (auto* check = program.check) {
        check->has_come = message.text == check->message.text &&
                          message.is_binary == check->message.is_binary;
        connection.close_code = check->code;
        connection.close_reason = "done";
    } else {
        int code = 0, end = 0;
        if (!message.is_binary &&
            std::sscanf(message.text.c_str(), "close %d %n", &code, &end) == 1) {
            connection.close_code = code;
            connection.close_reason = message.text.substr(std::size_t(end));
        } else {
            connection.outgoing.push_back(std::move(message));
        }
    }
    lws_callback_on_writable(wsi);
}

void on_part(lws* wsi, Connection& connection, const void* data, std::size_t size) {
    connection.incoming.is_binary = lws_frame_is_binary(wsi);
    connection.incoming.text.append(static_cast<const char*>(data), size);
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0)
        on_whole(wsi, connection);
}

/// -1: the connection is to end.
int on_writable(lws* wsi, Connection& connection) {
    if (connection.outgoing.empty() && connection.close_code != 0) {
        lws_close_reason(wsi, lws_close_status(connection.close_code),
                         reinterpret_cast<unsigned char*>(connection.close_reason.data()),
                         connection.close_reason.size());
        return -1;
    }
    if (connection.outgoing.empty())
        return 0;
    auto& message = connection.outgoing.front();
    const auto count = std::min(max_piece, message.text.size() - message.sent);
    std::vector<unsigned char> buffer(LWS_PRE + count);
    std::copy_n(message.text.begin() + std::ptrdiff_t(message.sent), count,
                buffer.begin() + LWS_PRE);
    const bool is_first = message.sent == 0;
    const bool is_last = message.sent + count == message.text.size();
    const int flags = lws_write_ws_flags(
        message.is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT, is_first, is_last);
    if (lws_write(wsi, buffer.data() + LWS_PRE, count, lws_write_protocol(flags)) < 0)
        return -1;
    message.sent += count;
    if (is_last)
        connection.outgoing.pop_front();
    lws_callback_on_writable(wsi);
    return 0;
}

int close_code_in(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    return size < 2 ? 0 : bytes[0] << 8 | bytes[1];
}

int on_event(lws* wsi, lws_callback_reasons reason, void*, void* data,
             size_t size) noexcept {
    auto& connections = program.connections;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        connections[wsi] = {};
        return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        connections[wsi].outgoing.push_back(program.check->message);
        lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE:
        on_part(wsi, connections[wsi], data, size);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return on_writable(wsi, connections[wsi]);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        if (program.check)
            program.check->answer = close_code_in(data, size);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    case LWS_CALLBACK_CLIENT_CLOSED:
        program.check->is_over = true;
        [[fallthrough]];
    case LWS_CALLBACK_CLOSED:
        connections.erase(wsi);
        return 0;
    default:
        return 0;
    }
}

lws_protocols the_protocols[2];

const lws_protocols* protocols() {
    the_protocols[0].name = "binary";
    the_protocols[0].callback = &on_event;
    return the_protocols;
}

lws_extension the_extensions[2];

/// Null: none.
const lws_extension* extensions() {
    if (program.deflate.empty())
        return nullptr;
    the_extensions[0] = {"permessage-deflate", &lws_extension_callback_pm_deflate,
                         program.deflate.c_str()};
    return the_extensions;
}

int serve(const std::string& folder) {
    lws_context_creation_info info{};
    info.protocols = protocols();
    info.extensions = extensions();
    info.iface = "127.0.0.1";
    const std::string certificate = folder + "/server-cert.pem";
    const std::string key = folder + "/server-key.pem";
    if (!folder.empty()) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = certificate.c_str();
        info.ssl_private_key_filepath = key.c_str();
    }
    info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    lws_context* context = lws_create_context(&info);
    lws_vhost* host = context ? lws_create_vhost(context, &info) : nullptr;
    if (!host)
        return 1;
    std::printf("listening %d\n", lws_get_vhost_listen_port(host));
    std::fflush(stdout);
    while (!is_stopped && lws_service(context, 0) >= 0)
        continue;
    lws_context_destroy(context);
    return 0;
}

bool run(Check& check, std::size_t port, const std::string& folder) {
    program.check = &check;
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols();
    info.extensions = extensions();
    const std::string ca = folder + "/ca-cert.pem";
    if (!folder.empty()) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.client_ssl_ca_filepath = ca.c_str();
    }
    lws_context* context = lws_create_context(&info);
    if (!context)
        return false;
    lws_client_connect_info to{};
    to.context = context;
    to.address = "127.0.0.1";
    to.host = to.origin = "localhost";
    to.port = int(port);
    to.path = "/";
    to.protocol = "other,binary";
    to.local_protocol_name = "binary";
    to.ssl_connection = folder.empty() ? 0 : LCCSCF_USE_SSL;
    lws_client_connect_via_info(&to);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!check.is_over && std::chrono::steady_clock::now() < end)
        lws_service(context, 0);
    lws_context_destroy(context);
    return check.has_come;
}

int ask(std::size_t port, const std::string& folder) {
    std::vector<Check> checks;
    for (const std::size_t size : {1, 125, 126, 65535, 65536, 1024 * 1024})
        checks.push_back(
            {"echo-" + std::to_string(size), {.text = std::string(size, 'x')}});
    checks.push_back({"text", {.text = "\u4e16\u754c \U0001F600", .is_binary = false}});
    int status = 0;
    for (auto& check : checks) {
        const bool is_good = run(check, port, folder);
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
    Options options("ws-lws");
    options.text("--tls", folder)
        .text("--deflate", program.deflate)
        .number("--port", port)
        .parse(argc, argv);
    lws_set_log_level(LLL_ERR, nullptr);
    std::signal(SIGTERM, &stop);
    return port == 0 ? serve(folder) : ask(port, folder);
}
