// One connection from the listener until it is known what it is.
#include "ui/vnc/arrival.hpp"

#include <algorithm>
#include <utility>

#include "io/base/trace.hpp"
#include "io/core/async-channel.hpp"
#include "io/core/async-completion.hpp"
#include "io/plain/channel-prefixed.hpp"
#include "io/tls/channel-tls.hpp"
#include "ui/vnc/http-service.hpp"

namespace qio::vnc {

namespace {

Error not_here(std::string_view what) {
    return {ErrorKind::protocol, 0, std::string(what) + " is not spoken here"};
}

bool asks_for_websocket(const ws::HttpRequest& request) {
    return std::ranges::any_of(request.tokens("upgrade"), [](std::string_view token) {
        return g_ascii_strcasecmp(std::string(token).c_str(), "websocket") == 0;
    });
}

ClientInfo info_of(const Visit& visit, Role role) {
    ClientInfo info;
    info.peer = visit.peer;
    info.is_websocket = visit.is_websocket;
    info.path = visit.path;
    info.security = visit.security;
    info.role = role;
    return info;
}

} // namespace

Arrival::Arrival(ArrivalHost& host, std::shared_ptr<Channel> channel, Terms terms,
                 ConnectingSlots::Slot slot)
    : host_(&host), channel_(std::move(channel)), terms_(std::move(terms)),
      slot_(std::move(slot)) {
    security_ = describe_socket(*channel_);
    security_.encrypted = options().tls_in_front;
}

Arrival::~Arrival() = default;

bool Arrival::must_look(const ListenOptions& options) {
    return options.speak == Speak::anything || options.credentials != nullptr;
}

void Arrival::take_at_once(ArrivalHost& host, std::shared_ptr<Channel> channel,
                           const Terms& terms, ConnectingSlots::Slot slot) {
    Arrival arrival(host, std::move(channel), terms, std::move(slot));
    (void)arrival.take_rfb();
}

void Arrival::start() {
    slot_.on_evicted([weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->stop_.request_stop();
    });
    spawn(terms_.context, run());
}

void Arrival::abort() {
    host_ = nullptr;
    stop_.request_stop();
}

Co<void> Arrival::run() {
    const auto self = shared_from_this();
    auto settling = settle();
    const auto result = co_await std::move(settling);
    if (!result)
        QIO_TRACE(vnc, arrival_failed, "%s", result.error().message.c_str());
    slot_.release();
    if (channel_)
        (void)channel_->close();
    if (host_ != nullptr)
        host_->arrival_ended(*this);
}

Co<Result<void>> Arrival::settle() {
    // Twice at most: once more within TLS.
    for (;;) {
        auto looking = look();
        auto protocol = co_await std::move(looking);
        if (!protocol)
            co_return std::move(protocol).error();
        if (*protocol == FirstBytes::tls) {
            auto shaking = start_tls();
            auto shaken = co_await std::move(shaking);
            if (!shaken)
                co_return shaken;
            continue;
        }
        if (*protocol == FirstBytes::http && options().speak != Speak::rfb) {
            if (host_ != nullptr)
                host_->speaks_http(terms_.peer);
            auto answering = answer_http();
            co_return co_await std::move(answering);
        }
        if (!may_stay(FirstBytes::rfb) || options().speak == Speak::websocket)
            co_return not_here("RFB");
        co_return take_rfb();
    }
}

/// Whether what is not encrypted may be.
bool Arrival::may_stay(FirstBytes protocol) const {
    if (security_.encrypted || !options().credentials)
        return true;
    if (options().without_tls == WithoutTls::anything)
        return true;
    return options().without_tls == WithoutTls::rfb && protocol == FirstBytes::rfb;
}

bool Arrival::may_be_silent() const {
    return options().speak != Speak::websocket && may_stay(FirstBytes::rfb);
}

bool Arrival::may_be_browser() const {
    return options().speak == Speak::anything && host_ != nullptr &&
           host_->is_browsing(terms_.peer, terms_.begun);
}

/// Reads until it is clear what is spoken. Who waits for our greeting gets it in time.
Co<Result<FirstBytes>> Arrival::look() {
    AsyncChannel input(channel_, terms_.context);
    auto greeting = deadline_after(terms_.patience);
    bool is_last = false;
    received_.resize(ws::HttpLimits().max_head_bytes);
    std::size_t size = 0;
    auto protocol = FirstBytes::need_more;
    while (protocol == FirstBytes::need_more) {
        const bool is_patient = size > 0 || !may_be_silent();
        const auto deadline =
            is_patient ? terms_.deadline : std::min(terms_.deadline, greeting);
        auto reading = input.read(MutableBytes(received_).subspan(size), deadline,
                                  stop_.get_token());
        const auto count = co_await reading;
        const bool was_silent = !count && count.error().kind == ErrorKind::timed_out &&
                                !is_patient && milliseconds_left(terms_.deadline) > 0;
        if (was_silent && !std::exchange(is_last, true) && may_be_browser())
            greeting = deadline_after(terms_.browser_patience - terms_.patience);
        else if (was_silent)
            protocol = FirstBytes::rfb;
        else if (!count)
            co_return count.error();
        else if (*count == 0)
            co_return Error{ErrorKind::disconnected, 0, "the client has left"};
        else
            protocol = tell_protocol(ByteView(received_).first(size += *count));
    }
    received_.resize(size);
    co_return protocol;
}

/// The channel, what was read ahead first.
std::shared_ptr<Channel> Arrival::take_channel() {
    auto channel = std::move(channel_);
    if (received_.empty())
        return channel;
    return std::make_shared<ChannelPrefixed>(std::move(received_), std::move(channel));
}

Co<Result<void>> Arrival::start_tls() {
    if (!options().credentials || security_.encrypted)
        co_return not_here("TLS");
    auto session =
        ChannelTls::server(take_channel(), *options().credentials, options().tls);
    if (!session)
        co_return std::move(session).error();
    const auto tls = *std::move(session);
    channel_ = tls;
    received_.clear();
    auto handshake = completion_of<void>([&](auto done) {
        tls->handshake({terms_.context, terms_.deadline, stop_.get_token()},
                       std::move(done));
    });
    auto shaken = co_await handshake;
    if (!shaken)
        co_return shaken;
    security_.encrypted = true;
    security_.key_bits = unsigned(8 * tls->info().key_size);
    security_.peer_dname = tls->info().peer_name;
    co_return Result<void>();
}

// ---- HTTP

/// Reads on to the end of the request's head, or to the limit.
Co<Result<void>> Arrival::read_head() {
    AsyncChannel input(channel_, terms_.context);
    ws::HeadScanner scanner;
    std::size_t size = received_.size();
    received_.resize(ws::HttpLimits().max_head_bytes);
    while (!(head_length_ = scanner.scan(ByteView(received_).first(size))) &&
           size < received_.size()) {
        auto reading = input.read(MutableBytes(received_).subspan(size), terms_.deadline,
                                  stop_.get_token());
        const auto count = co_await reading;
        if (!count)
            co_return count.error();
        if (*count == 0)
            co_return Error{ErrorKind::disconnected, 0, "the client has left"};
        size += *count;
    }
    received_.resize(size);
    co_return Result<void>();
}

Co<Result<void>> Arrival::answer_http() {
    auto reading = read_head();
    auto read = co_await std::move(reading);
    if (!read)
        co_return read;
    const auto head = ByteView(received_).first(head_length_.value_or(0));
    const auto request = ws::parse_request_head(head, options().websocket.limits);
    const bool is_websocket = !head_length_ || (request && asks_for_websocket(*request));
    const bool is_page = may_stay(FirstBytes::http) && !is_websocket && options().http;
    Visit visit{true, request ? request->path : "/", request ? request->query : "",
                terms_.peer, security_};
    auto refusal =
        is_page ? refuse_page(request) : refuse_visit(visit, head, is_websocket);
    if (refusal) {
        auto refusing = refuse(*std::move(refusal));
        co_return co_await std::move(refusing);
    }
    if (is_page) {
        slot_.release(); // the pages have a limit of their own
        options().http->serve(take_channel());
        co_return Result<void>();
    }
    hand_over(Transport::websocket(take_channel(), options().websocket),
              std::move(visit));
    co_return Result<void>();
}

// ---- on

/// A channel on which RFB begins, or the WebSocket of a listener that knows no other.
Result<void> Arrival::take_rfb() {
    const bool is_websocket = options().speak == Speak::websocket;
    Visit visit{is_websocket, "", "", terms_.peer, security_};
    auto route = host_ != nullptr ? host_->route(visit) : RouteResult();
    if (!route || !route->destination)
        return not_here("RFB");
    route_ = *std::move(route);
    auto transport = is_websocket
                         ? Transport::websocket(take_channel(), options().websocket)
                         : Transport::plain(take_channel());
    hand_over(std::move(transport), std::move(visit));
    return {};
}

void Arrival::hand_over(Transport transport, Visit visit) {
    slot_.on_evicted({});
    security_.is_view_only = route_.role == Role::view;
    transport.set_security(security_);
    if (route_.shown_path)
        visit.path = std::move(*route_.shown_path);
    route_.destination->take({std::move(transport), info_of(visit, route_.role),
                              terms_.deadline, std::move(slot_)});
}

} // namespace qio::vnc
