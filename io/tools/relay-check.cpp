// Whether what qio-relay is asked to do fits together; and its help.
#include <algorithm>

#include "io/tools/relay-layers.hpp"
#include "io/tools/relay-options.hpp"

namespace qio::relay {

namespace {

Error wrong(std::string message) {
    return {ErrorKind::invalid_argument, 0, std::move(message)};
}

template <class Kind>
bool is_leaf(const RelayAddress& address) {
    return std::holds_alternative<Kind>(address.leaf);
}

/// Whether there is HTTP that a browser can speak to: a WebSocket, perhaps in TLS.
bool is_http(const RelayAddress& address) {
    const auto is_ws = [](const Layer& layer) {
        return std::holds_alternative<WsLayer>(layer);
    };
    return !address.layers.empty() && is_ws(address.layers.front()) &&
           std::ranges::count_if(address.layers, is_ws) == 1;
}

bool has_ws(const RelayAddress& address) {
    return std::ranges::any_of(address.layers, [](const Layer& layer) {
        return std::holds_alternative<WsLayer>(layer);
    });
}

Result<void> check_layers(const RelayAddress& address) {
    for (const auto& layer : address.layers)
        if (const auto* ws = std::get_if<WsLayer>(&layer); ws && ws->text.value_or(false))
            return wrong("text=on: text messages are no byte stream; leave it out");
    return {};
}

Result<void> check_listen(const Options& options) {
    if (is_leaf<StdioLeaf>(options.listen))
        return {};
    if (auto can = can_listen(options.listen); !can)
        return Error(can.error()).with_context("LISTEN");
    return {};
}

bool serves_one_connection(const Options& options) {
    return options.once || is_leaf<StdioLeaf>(options.listen);
}

bool is_for_one_connection(const RelayAddress& address) {
    const auto* socket = std::get_if<SocketAddress>(&address.leaf);
    return is_leaf<StdioLeaf>(address) ||
           (socket && std::holds_alternative<FdAddress>(*socket));
}

Result<void> check_target(const Options& options) {
    if (options.has_tokens() && options.target)
        return wrong("TARGET and tokens exclude each other: a token names its own "
                     "target; leave one of them out");
    if (!options.has_tokens() && !options.target)
        return wrong("TARGET is missing; write qio-relay LISTEN TARGET, or give "
                     "--token-file FILE");
    if (!options.target)
        return {};
    if (is_leaf<StdioLeaf>(*options.target) && is_leaf<StdioLeaf>(options.listen))
        return wrong("LISTEN and TARGET are both -; only one of them can be");
    if (is_for_one_connection(*options.target) && !serves_one_connection(options))
        return wrong("TARGET '" + to_string(*options.target) +
                     "' is good for one connection; add --once");
    if (!options.target->layers.empty())
        return check_layers(*options.target);
    return {};
}

Result<void> check_http(const Options& options, WebSupport web) {
    const bool needs_http =
        options.has_tokens() || options.token_in_path || !options.web.empty();
    if (needs_http && !is_http(options.listen))
        return wrong(
            "tokens and --web need a WebSocket to listen on; write ws:ADDRESS or "
            "wss:ADDRESS for LISTEN");
    if (options.token_in_path && !options.has_tokens())
        return wrong("--token-in-path: there are no tokens; give --token-file FILE");
    if (!options.token_file.empty() && !options.token_dir.empty())
        return wrong("--token-file and --token-dir exclude each other; put the file into "
                     "the folder");
    if (!options.web.empty() && web == WebSupport::no)
        return wrong("--web: this qio-relay was built without libsoup; serve the files "
                     "with another program");
    return {};
}

} // namespace

Result<void> check_options(const Options& options, WebSupport web) {
    QIO_TRY(check_listen(options));
    QIO_TRY(check_layers(options.listen));
    QIO_TRY(check_http(options, web));
    QIO_TRY(check_target(options));
    const bool has_any_ws = has_ws(options.listen) ||
                            (options.target && has_ws(*options.target)) ||
                            options.has_tokens();
    if (options.heartbeat.count() != 0 && !has_any_ws)
        return wrong("--heartbeat: there is no WebSocket to send pings on; leave it out, "
                     "or write ws:ADDRESS");
    return {};
}

std::string_view help_text() {
    return R"(qio-relay - connects any two channel addresses

Usage: qio-relay [OPTION]... LISTEN TARGET
       qio-relay [OPTION]... LISTEN --token-file FILE

Waits for connections at LISTEN and carries each one's bytes to TARGET and back.

Addresses:
  tcp:HOST:PORT  unix:PATH  abstract:NAME  vsock:CID:PORT  fd:N  systemd:
  exec:COMMAND  file:PATH  - (standard input and output)
and upon any of them, from the top down, tls: and ws:, with options in braces:
  ws://127.0.0.1:8080/path   wss{dir=/etc/pki/relay}://*:443   tls{dir=D}:unix:/s
  tls: dir psk anon verify name alpn priority authz-file password-file
  ws:  path protocol origin host ping deflate

Targets by name, for WebSocket clients that come with ?token=NAME:
  --token-file FILE    lines "NAME: HOST:PORT" or "NAME: ADDRESS"
  --token-dir DIR      a folder of such files
  --token-in-path      the name is the last part of the path instead
  --web DIR            serves the files in DIR on the same port

Times in seconds, 0 = never (in parentheses: without the option):
  --idle-timeout S       ends a session that carries nothing (0)
  --heartbeat S          pings a silent WebSocket, and ends it without an answer (0)
  --connect-timeout S    until the target is there, its layers included (10)
  --handshake-timeout S  until the client's layers are there (10)
  --grace S              for sessions to end when stopped (10)

Limits:
  --max-connections N              (half the descriptors, less 64)
  --max-connections-per-address N  (any number)

In general:
  --access-log FILE    a line for each connection that ended; - = standard output
  --once               serves one connection, then ends
  --json               one JSON object per line instead of sentences
  --quiet              only says why it cannot start
  --help, --version    print this, or the version, and end

SIGTERM and SIGINT stop it politely, a second one at once. SIGHUP reads certificates
and tokens again. Exit status: 0 when stopped, 1 when the connection of --once failed,
2 when it could not start.

Examples:
  qio-relay ws://127.0.0.1:6080 tcp:127.0.0.1:5900
  qio-relay 'wss{dir=/etc/pki/relay}://*:443' unix:/run/vnc.sock
  qio-relay ws://*:6080 --token-dir /etc/relay/tokens --web /usr/share/novnc
  qio-relay - wss://relay.example.org/ssh
)";
}

} // namespace qio::relay
