// Opens the sockets that qio-relay listens on.
#include "io/tools/relay-listen.hpp"

#include <algorithm>
#include <utility>

#include "io/socket/inherited-sockets.hpp"
#include "io/tools/relay-text.hpp"

namespace qio::relay {

namespace {

// Enough for a burst of clients while the program is busy; the kernel has its own limit.
constexpr int backlog = 4096;

const FdAddress* fd_of(const RelayAddress& address) {
    const auto* socket = std::get_if<SocketAddress>(&address.leaf);
    return socket ? std::get_if<FdAddress>(socket) : nullptr;
}

std::string host_and_port(const InetAddress& address) {
    const bool is_number = address.host.contains(':');
    return (is_number ? "[" + address.host + "]" : address.host) + ":" + address.port;
}

Result<void> add_inherited(NetListener& listener, InheritedSocket& inherited) {
    auto socket = ChannelSocket::from_fd(std::move(inherited.fd));
    if (!socket)
        return Error(socket.error())
            .with_context("inherited socket " + shown(inherited.name));
    QIO_TRY((*socket)->set_blocking(Blocking::no));
    listener.add(*std::move(socket));
    return {};
}

} // namespace

Result<std::shared_ptr<NetListener>> listen_on(const Options& options) {
    auto inherited = QIO_TRY(listen_fds_from_environment());
    auto listener = NetListener::create();
    listener->set_name("relay");
    const auto* fd = fd_of(options.listen);
    const auto is_wanted = [&](const InheritedSocket& socket) {
        return options.is_inherited || (fd != nullptr && socket.fd.get() == fd->fd);
    };
    bool is_added = false;
    for (auto& socket : inherited) {
        if (!is_wanted(socket))
            continue;
        QIO_TRY(add_inherited(*listener, socket));
        is_added = true;
    }
    if (is_added)
        return listener;
    if (options.is_inherited)
        return Error{ErrorKind::not_found, 0,
                     "systemd: the service manager gave no sockets (LISTEN_FDS); start "
                     "this from a socket unit"};
    QIO_TRY(listener->open(std::get<SocketAddress>(options.listen.leaf), backlog));
    return listener;
}

std::vector<std::string> addresses_of(const NetListener& listener,
                                      const RelayAddress& listen) {
    std::vector<std::string> texts;
    const auto is_tls = [](const Layer& layer) {
        return std::holds_alternative<TlsLayer>(layer);
    };
    const auto* ws =
        listen.layers.empty() ? nullptr : std::get_if<WsLayer>(&listen.layers.front());
    for (const auto& address : listener.addresses()) {
        const auto* inet = std::get_if<InetAddress>(&address);
        if (ws == nullptr || inet == nullptr || listen.layers.size() > 2) {
            std::string text;
            for (const auto& layer : listen.layers)
                text += is_tls(layer) ? "tls:" : "ws:";
            texts.push_back(text +
                            (inet ? "tcp:" + host_and_port(*inet) : to_string(address)));
            continue;
        }
        std::string text = std::ranges::any_of(listen.layers, is_tls) ? "wss" : "ws";
        text += "://" + host_and_port(*inet) + (ws->path.empty() ? "/" : ws->path);
        texts.push_back(std::move(text));
    }
    return texts;
}

Peer peer_of(const ChannelSocket& socket) {
    if (const auto process = socket.peer_credentials())
        return {"unix (process " + std::to_string(process->pid) + ", user " +
                    std::to_string(process->uid) + ")",
                {}};
    const auto address = socket.remote_address();
    if (!address)
        return {"unknown", {}};
    const auto* inet = std::get_if<InetAddress>(&*address);
    return inet ? Peer{host_and_port(*inet), inet->host} : Peer{to_string(*address), {}};
}

} // namespace qio::relay
