// What carries RFB: a socket or a TLS session as it is, or a WebSocket on it.
#include "ui/vnc/transport.hpp"

#include "io/socket/channel-socket.hpp"
#include "io/websock/channel-websock.hpp"

namespace qio::vnc {

namespace {

ws::CloseCode code_of(EndReason reason) {
    switch (reason) {
    case EndReason::normal:
        return ws::CloseCode::normal;
    case EndReason::going_away:
        return ws::CloseCode::going_away;
    case EndReason::protocol_error:
        return ws::CloseCode::protocol_error;
    }
    std::unreachable();
}

std::string sasl_end(const Result<SocketAddress>& address) {
    const auto* inet = address ? std::get_if<InetAddress>(&*address) : nullptr;
    return inet ? inet->host + ";" + inet->port : "";
}

} // namespace

TransportSecurity describe_socket(const Channel& channel) {
    TransportSecurity security;
    const auto* socket = dynamic_cast<const ChannelSocket*>(&channel);
    if (socket == nullptr)
        return security;
    const auto local = socket->local_address();
    const auto remote = socket->remote_address();
    // An unnamed peer of a unix socket has an address of that family, too.
    security.is_unix = local && std::holds_alternative<UnixAddress>(*local);
    if (security.is_unix)
        security.address = "unix";
    else if (const auto* inet = remote ? std::get_if<InetAddress>(&*remote) : nullptr)
        security.address = inet->host;
    security.local_end = sasl_end(local);
    security.remote_end = sasl_end(remote);
    return security;
}

Transport::Transport(std::shared_ptr<Channel> channel,
                     std::shared_ptr<ChannelWebsock> websock, TransportSecurity security)
    : channel_(std::move(channel)), websock_(std::move(websock)),
      security_(std::move(security)) {
    // One client must not make the others wait.
    (void)channel_->set_blocking(Blocking::no);
    // Updates and echoes of keys are small and must not wait for each other.
    channel_->set_delay(Hint::off);
}

Transport Transport::plain(std::shared_ptr<Channel> socket) {
    auto security = describe_socket(*socket);
    return {std::move(socket), nullptr, std::move(security)};
}

Transport Transport::websocket(std::shared_ptr<Channel> socket,
                               ws::HandshakePolicy policy) {
    auto security = describe_socket(*socket);
    auto websock = ChannelWebsock::server(std::move(socket), std::move(policy));
    return {websock, websock, std::move(security)};
}

void Transport::open(const OperationOptions& options, Completion<void> completion) {
    if (websock_)
        return websock_->handshake(options, std::move(completion));
    Task<void>::start(options, std::move(completion))->complete({});
}

Goodbyes::Goodbyes(std::size_t max, GMainContext* context)
    : max_(max), context_(context), waiting_(std::make_shared<Waiting>()) {}

Goodbyes::~Goodbyes() {
    for (auto& websock : *waiting_)
        (void)websock->close();
}

void Goodbyes::say(const Transport& transport, EndReason reason) {
    const auto websock = transport.websock_;
    if (!websock)
        return (void)transport.channel_->close();
    const OperationOptions options{.context = context_};
    const auto done = [weak = std::weak_ptr(waiting_), websock](const Result<void>&) {
        if (const auto waiting = weak.lock())
            waiting->remove(websock);
    };
    waiting_->push_back(websock);
    websock->close_gracefully(code_of(reason), {}, options, done);
    if (waiting_->size() > max_) {
        (void)waiting_->front()->close();
        waiting_->pop_front();
    }
}

} // namespace qio::vnc
