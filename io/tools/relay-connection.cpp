// One client of qio-relay, from the accepted channel to its line in the log.
#include "io/tools/relay-connection.hpp"

#include <ranges>
#include <utility>

#include "io/core/async-completion.hpp"
#include "io/plain/channel-prefixed.hpp"
#include "io/tools/relay-text.hpp"
#include "io/tools/relay-web.hpp"
#include "io/websock/channel-websock.hpp"

namespace qio::relay {

namespace {

using std::chrono::milliseconds;

// For a client to answer our close frame, and for a target to end behind a client that
// has closed its WebSocket.
constexpr milliseconds close_patience{5000};
// For those who are told that there is no room.
constexpr milliseconds refusal_patience{5000};

constexpr const char* stopping = "the relay is stopping";

bool is_left(const RelayResult& result) {
    return result.failed == RelaySide::client &&
           result.error->kind == ErrorKind::disconnected;
}

} // namespace

Connection::Connection(Shared& shared, Peer peer, Admission admission, Gone gone)
    : shared_(shared), peer_(std::move(peer)), admission_(admission),
      gone_(std::move(gone)), target_(shared.target), stop_(std::in_place) {}

std::shared_ptr<Connection> Connection::start(Shared& shared, ChannelRef channel,
                                              Peer peer, Admission admission, Gone gone) {
    std::shared_ptr<Connection> connection(
        new Connection(shared, std::move(peer), admission, std::move(gone)));
    spawn(nullptr, connection->run(std::move(channel)));
    return connection;
}

LayerOptions Connection::layer_options(milliseconds timeout) const {
    LayerOptions options;
    if (timeout.count() != 0)
        options.deadline = deadline_after(timeout);
    options.stop = stop_->get_token();
    options.heartbeat = shared_.options.heartbeat;
    return options;
}

// ---- the beginning

Co<void> Connection::run(ChannelRef channel) {
    const auto self = shared_from_this();
    channel->set_delay(Hint::off);
    auto accepting = accept(std::move(channel));
    auto client = co_await std::move(accepting);
    if (!client) {
        fail("refused", client.error());
        co_return finish();
    }
    if (is_web_)
        co_return finish();
    auto opening = open_target(target_, shared_.credentials,
                               layer_options(shared_.options.connect_timeout));
    auto target = co_await std::move(opening);
    if (target)
        co_return begin_session(*client, *std::move(target));
    fail("no-target", target.error());
    is_ending_ = true;
    if (!is_cut_off_)
        stop_.emplace(); // what ended the attempt leaves time for a goodbye
    const auto code =
        is_stopping_ ? ws::CloseCode::going_away : ws::CloseCode::internal_error;
    std::string reason = is_stopping_ ? stopping : "cannot connect to the target";
    auto ending = say_goodbye(*std::move(client), code, std::move(reason));
    co_await std::move(ending);
}

/// The layers of LISTEN from the bottom up.
Co<Result<ChannelRef>> Connection::accept(ChannelRef channel) {
    const auto limit = shared_.options.handshake_timeout;
    const bool is_refused = admission_ == Admission::refused;
    const auto options = layer_options(is_refused ? refusal_patience : limit);
    const auto& layers = shared_.options.listen.layers;
    for (std::size_t i = layers.size(); i-- > 1;) {
        auto shaking =
            accept_layer(std::move(channel), layers[i], shared_.credentials, options, {});
        auto above = co_await std::move(shaking);
        if (!above)
            co_return above;
        channel = *std::move(above);
    }
    if (layers.empty())
        co_return channel;
    auto top = accept_top(std::move(channel), options);
    co_return co_await std::move(top);
}

/// The outermost layer: where tokens, files and refusals are.
Co<Result<ChannelRef>> Connection::accept_top(ChannelRef channel, LayerOptions options) {
    if (shared_.web != nullptr && admission_ == Admission::granted) {
        auto sniffing = sniff_request(std::move(channel), options);
        auto sniffed = co_await std::move(sniffing);
        if (!sniffed)
            co_return std::move(sniffed).error();
        if (!sniffed->is_upgrade) {
            is_web_ = true;
            outcome_ = "web";
            auto serving = shared_.web->serve(sniffed->channel, stop_->get_token());
            bytes_out_ = co_await std::move(serving);
            co_return ChannelRef();
        }
        channel = ChannelRef(std::move(sniffed->channel));
    }
    Layer layer = shared_.options.listen.layers.front();
    auto* ws = std::get_if<WsLayer>(&layer);
    Authorize check;
    if (ws != nullptr)
        check = [self = weak_from_this()](const ws::HttpRequest& request) {
            const auto connection = self.lock();
            return connection ? connection->authorize(request) : std::nullopt;
        };
    // The token in a path makes each one another; authorize() looks at its beginning.
    if (ws != nullptr && shared_.options.token_in_path)
        ws->path.clear();
    auto shaking = accept_layer(std::move(channel), layer, shared_.credentials, options,
                                std::move(check));
    co_return co_await std::move(shaking);
}

std::optional<ws::HttpRefusal> Connection::authorize(const ws::HttpRequest& request) {
    request_ = request.path + (request.query.empty() ? "" : "?" + request.query);
    if (admission_ == Admission::refused)
        return ws::HttpRefusal{
            503, "There are too many connections.", {{"Retry-After", "10"}}};
    if (shared_.tokens == nullptr)
        return std::nullopt;
    const auto& layer = std::get<WsLayer>(shared_.options.listen.layers.front());
    const auto place =
        shared_.options.token_in_path ? TokenPlace::path : TokenPlace::query;
    target_ = shared_.tokens->find(token_of(request, place, layer.path));
    if (target_)
        return std::nullopt;
    return ws::HttpRefusal{404, "There is no such token.", {}};
}

void Connection::begin_session(const ChannelRef& client, ChannelRef target) {
    target->set_delay(Hint::off);
    RelaySessionOptions options;
    options.idle_timeout = shared_.options.idle_timeout;
    const bool is_ws = as_websocket(client) != nullptr || as_websocket(target) != nullptr;
    if (is_ws)
        options.half_closed_timeout = close_patience;
    options.client_at_end =
        as_websocket(client) ? ClientAtEnd::left_open : ClientAtEnd::closed;
    stop_.reset();
    session_ =
        RelaySession::start(client, std::move(target), options,
                            [self = shared_from_this()](const RelayResult& result) {
                                self->on_ended(result);
                            });
    if (is_stopping_)
        session_->wind_down();
}

// ---- the end

void Connection::on_ended(const RelayResult& result) {
    bytes_in_ = result.bytes_in;
    bytes_out_ = result.bytes_out;
    const auto client = session_->client();
    session_.reset();
    is_ending_ = true;
    auto code = ws::CloseCode::normal;
    std::string reason;
    if (is_stopping_) {
        outcome_ = "stopped";
        code = ws::CloseCode::going_away;
        reason = stopping;
    } else if (result.failed == RelaySide::target) {
        fail("target-failed", *result.error);
        code = ws::CloseCode::internal_error;
        reason = "the target failed";
    } else if (is_left(result)) {
        outcome_ = "left";
    } else if (result.failed) {
        fail("client-failed", *result.error);
    } else if (result.error && !result.ended_by) {
        outcome_ = "idle";
        code = ws::CloseCode::going_away;
        reason = "nothing came for too long";
    }
    stop_.emplace();
    if (is_cut_off_)
        stop_->request_stop();
    spawn(nullptr, say_goodbye(client, code, std::move(reason)));
}

/// A WebSocket gets a close frame, and time to answer it.
Co<void> Connection::say_goodbye(ChannelRef client, ws::CloseCode code,
                                 std::string reason) {
    const auto self = shared_from_this();
    if (const auto websocket = as_websocket(client)) {
        OperationOptions options;
        options.deadline = deadline_after(close_patience);
        options.stop = stop_->get_token();
        (void)co_await completion_of<void>([&](auto done) {
            websocket->close_gracefully(code, reason, options, std::move(done));
        });
    }
    (void)client->close();
    finish();
}

void Connection::wind_down() {
    is_stopping_ = true;
    if (session_)
        session_->wind_down();
    else if (stop_ && !is_ending_)
        stop_->request_stop();
}

void Connection::stop() {
    is_stopping_ = is_cut_off_ = true;
    if (session_)
        session_->stop();
    if (stop_)
        stop_->request_stop();
}

void Connection::fail(std::string_view outcome, const Error& error) {
    if (is_stopping_) {
        outcome_ = "stopped";
        return;
    }
    outcome_ = outcome;
    message_ = error.message;
    has_failed_ = true;
    // A client that only looked whether somebody listens is no news.
    const bool is_news =
        error.kind != ErrorKind::disconnected || outcome == "target-failed";
    if (is_news && admission_ == Admission::granted)
        shared_.log.error(peer_.text + ": " + error.message);
}

void Connection::finish() {
    AccessRecord record;
    record.peer = peer_.text;
    record.request = shown(request_);
    if (target_ && !is_web_)
        record.target = to_string(*target_);
    record.bytes_in = bytes_in_;
    record.bytes_out = bytes_out_;
    record.duration = std::chrono::duration_cast<milliseconds>(Clock::now() - start_);
    record.outcome = outcome_;
    record.message = message_;
    shared_.log.access(record);
    if (auto gone = std::move(gone_))
        gone(shared_from_this());
}

} // namespace qio::relay
