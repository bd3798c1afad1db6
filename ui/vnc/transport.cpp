// What carries RFB: a socket as it is, or a WebSocket on it.
#include "ui/vnc/transport.hpp"

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

} // namespace

Transport::Transport(std::shared_ptr<Channel> channel,
                     std::shared_ptr<ChannelWebsock> websock)
    : channel_(std::move(channel)), websock_(std::move(websock)) {
    // Updates and echoes of keys are small and must not wait for each other.
    channel_->set_delay(Hint::off);
}

Transport Transport::plain(std::shared_ptr<Channel> socket) {
    return {std::move(socket), nullptr};
}

Transport Transport::websocket(std::shared_ptr<Channel> socket,
                               ws::HandshakePolicy policy) {
    auto websock = ChannelWebsock::server(std::move(socket), std::move(policy));
    return {websock, websock};
}

void Transport::open(const OperationOptions& options, Completion<void> completion) {
    if (websock_)
        return websock_->handshake(options, std::move(completion));
    Task<void>::start(options, std::move(completion))->complete({});
}

void Transport::end(EndReason reason, GMainContext* context) {
    if (!websock_) {
        (void)channel_->close();
        return;
    }
    const OperationOptions options{.context = context};
    websock_->close_gracefully(code_of(reason), {}, options,
                               [keep = websock_](const Result<void>&) {});
}

} // namespace qio::vnc
