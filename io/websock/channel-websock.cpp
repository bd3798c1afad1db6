// A WebSocket connection as a byte stream over any channel (RFC 6455).
#include "io/websock/channel-websock.hpp"

#include <algorithm>

#include "io/websock/client-handshake.hpp"
#include "io/websock/closing-handshake.hpp"
#include "io/websock/connection.hpp"
#include "io/websock/keep-alive-timer.hpp"
#include "io/websock/server-handshake.hpp"

namespace qio {

namespace {

Error carries_messages() {
    return {ErrorKind::invalid_argument, 0,
            "this WebSocket carries messages, not a byte stream"};
}

} // namespace

ChannelWebsock::ChannelWebsock(std::shared_ptr<Channel> transport,
                               std::optional<ws::HandshakePolicy> policy,
                               std::optional<Options> options)
    : policy_(std::move(policy)), options_(std::move(options)),
      connection_(std::make_unique<ws::Connection>(
          std::move(transport), options_ ? ws::Role::client : ws::Role::server,
          options_ ? options_->limits.max_head_bytes : policy_->limits.max_head_bytes,
          [this] { interest_changed(); })) {}

ChannelWebsock::~ChannelWebsock() = default;

std::shared_ptr<ChannelWebsock> ChannelWebsock::server(std::shared_ptr<Channel> transport,
                                                       ws::HandshakePolicy policy) {
    return std::shared_ptr<ChannelWebsock>(
        new ChannelWebsock(std::move(transport), std::move(policy), std::nullopt));
}

std::shared_ptr<ChannelWebsock>
ChannelWebsock::client(std::shared_ptr<Channel> transport,
                       ws::ClientHandshakeOptions options) {
    return std::shared_ptr<ChannelWebsock>(
        new ChannelWebsock(std::move(transport), std::nullopt, std::move(options)));
}

// ---- the opening handshake

void ChannelWebsock::handshake(const OperationOptions& options,
                               Completion<void> completion) {
    OperationOptions limited = options;
    const Deadline latest =
        deadline_after(policy_ ? policy_->deadline : options_->deadline);
    limited.deadline = options.deadline ? std::min(options.deadline, latest) : latest;
    auto task = Task<void>::start(limited, std::move(completion));
    if (is_closed())
        return task->fail({ErrorKind::closed, 0, "the channel is closed"});
    if (connection_->state() != ws::Connection::State::fresh)
        return task->fail({ErrorKind::invalid_argument, 0, "a second handshake"});
    if (auto sound = policy_ ? check(*policy_) : Result<void>(); !sound)
        return task->fail(std::move(sound).error());
    connection_->begin_handshake();
    if (policy_)
        server_handshake_ = std::make_unique<ws::ServerHandshake>(
            transport(), *policy_, connection_->staged(), connection_->output(),
            std::move(task),
            [this](ws::HandshakeAnswer answer) { accepted(std::move(answer)); });
    else
        client_handshake_ = std::make_unique<ws::ClientHandshake>(
            transport(), *options_, connection_->staged(), std::move(task),
            [this](ws::ClientAgreement agreement) { agreed(std::move(agreement)); });
}

void ChannelWebsock::accepted(ws::HandshakeAnswer answer) {
    request_ = std::move(answer.request);
    sub_protocol_ = std::move(answer.sub_protocol);
    if (answer.deflate)
        connection_->set_deflate(*answer.deflate, *policy_->deflate);
    server_handshake_.reset();
    connection_->open();
}

void ChannelWebsock::agreed(ws::ClientAgreement agreement) {
    response_ = std::move(agreement.response);
    sub_protocol_ = std::move(agreement.sub_protocol);
    if (agreement.deflate)
        connection_->set_deflate(*agreement.deflate, *options_->deflate);
    client_handshake_.reset();
    connection_->open();
}

// ---- reading and writing

bool ChannelWebsock::is_compressed() const {
    return connection_->is_compressed();
}

IoResult ChannelWebsock::do_readv(std::span<const iovec> buffers) {
    if (connection_->framing() == ws::Framing::messages)
        return carries_messages();
    auto result = connection_->read(buffers);
    if (connection_->has_new_pong())
        tell_of_pong();
    return result;
}

IoResult ChannelWebsock::do_writev(std::span<const iovec> buffers) {
    if (connection_->framing() == ws::Framing::messages)
        return carries_messages();
    return connection_->write(buffers);
}

Result<std::optional<ZeroCopyOutcome>> ChannelWebsock::do_flush() {
    if (connection_->output().has_pending()) {
        connection_->flush();
        if (connection_->output().has_pending())
            return std::optional<ZeroCopyOutcome>();
        interest_changed();
    }
    return transport().flush();
}

void ChannelWebsock::do_set_delay(Hint delay) {
    transport().set_delay(delay);
}

void ChannelWebsock::do_set_cork(Hint cork) {
    connection_->set_cork(cork);
}

Result<void> ChannelWebsock::do_set_blocking(Blocking blocking) {
    QIO_TRY(transport().set_blocking(blocking));
    connection_->set_blocking(blocking == Blocking::yes);
    return {};
}

bool ChannelWebsock::do_has_feature(Feature feature) const {
    return feature == Feature::shutdown && transport().has_feature(feature);
}

Channel& ChannelWebsock::transport() const {
    return connection_->transport();
}

// ---- pings

Result<bool> ChannelWebsock::send_ping(ByteView payload) {
    return connection_->send_ping(payload);
}

void ChannelWebsock::on_pong(std::move_only_function<void(ByteView)> callback) {
    connection_->on_pong(std::move(callback));
}

void ChannelWebsock::tell_of_pong() {
    const auto keep = shared_from_this();
    if (const auto callback = connection_->take_pong())
        (*callback)(connection_->pong().payload());
}

void ChannelWebsock::start_keep_alive(const KeepAlive& keep_alive,
                                      GMainContext* context) {
    keep_alive_ = std::make_unique<ws::KeepAliveTimer>(*connection_, keep_alive, context);
}

// ---- waiting

Interest ChannelWebsock::do_interest(Condition asked) const {
    return connection_->interest(asked);
}

Condition ChannelWebsock::do_resolve(Condition asked, Condition events) {
    return connection_->resolve(asked, events);
}

// ---- ending

const std::optional<ws::ClosePayload>& ChannelWebsock::peer_close() const {
    return connection_->peer_close();
}

Result<void> ChannelWebsock::do_shutdown(Direction direction) {
    return connection_->shutdown(direction);
}

Result<void> ChannelWebsock::do_close() {
    server_handshake_.reset();
    client_handshake_.reset();
    closing_.reset();
    keep_alive_.reset();
    return connection_->close();
}

void ChannelWebsock::close_gracefully(ws::CloseCode code, std::string reason,
                                      const OperationOptions& options,
                                      Completion<void> completion) {
    OperationOptions limited = options;
    if (!limited.deadline)
        limited.deadline = deadline_after(ws::ClosingHandshake::default_patience);
    auto task = Task<void>::start(limited, std::move(completion));
    if (connection_->is_before_open() || connection_->output().is_in_frame())
        (void)close(); // no place for a close frame
    if (is_closed())
        return task->complete({});
    keep_alive_.reset();
    if (connection_->state() == ws::Connection::State::open)
        connection_->begin_close(code, reason);
    closing_ =
        std::make_unique<ws::ClosingHandshake>(*this, *connection_, std::move(task));
}

} // namespace qio
