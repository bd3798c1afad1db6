// Requests that an address answers by turning them down.
#include "ui/vnc/arrival.hpp"

#include <algorithm>
#include <utility>

#include "io/core/async-channel.hpp"

namespace qio::vnc {

namespace {

// For the client of an answer that ends the connection to take it.
constexpr std::chrono::milliseconds linger{1000};

} // namespace

/// The answer to who asks for a page of another host than those of the WebSockets. What
/// our parser does not take, such as HEAD, is left to libsoup: no page can read that.
std::optional<ws::HandshakeAnswer> Arrival::refuse_page(const Request& request) const {
    const auto& policy = options().websocket;
    if (!request || policy.hosts.empty())
        return std::nullopt;
    const auto refusal = ws::refuse_host(*request, policy);
    if (!refusal)
        return std::nullopt;
    return ws::refuse_handshake(*refusal, policy, {});
}

/// The answer to a request that is not let in; without one the route is known.
std::optional<ws::HandshakeAnswer>
Arrival::refuse_visit(const Visit& visit, ByteView head, bool is_websocket) {
    const auto answer = [this](const ws::HttpRefusal& refusal) {
        return ws::refuse_handshake(refusal, options().websocket, {});
    };
    if (!may_stay(FirstBytes::http))
        return answer({403, "Here is TLS only: ask by https or wss.", {}});
    if (!is_websocket)
        return ws::answer_handshake(head, options().websocket, {});
    if (host_ == nullptr)
        return answer({503, "The server is stopping.", {}});
    auto route = host_->route(visit);
    if (!route)
        return answer(route.error());
    route_ = *std::move(route);
    return std::nullopt;
}

/// Says why. What the client still sends is read away for a moment, so that the answer is
/// not lost to a reset.
Co<Result<void>> Arrival::refuse(ws::HandshakeAnswer answer) {
    received_.resize(ws::HttpLimits().max_head_bytes);
    AsyncChannel channel(channel_, terms_.context);
    auto writing =
        channel.write_all(as_bytes(answer.response), terms_.deadline, stop_.get_token());
    const auto written = co_await writing;
    if (!written)
        co_return written.error();
    (void)channel_->shutdown(Direction::write);
    const auto end = std::min(terms_.deadline, deadline_after(linger));
    for (;;) {
        auto reading = channel.read(received_, end, stop_.get_token());
        const auto count = co_await reading;
        if (!count || *count == 0)
            co_return Error{ErrorKind::protocol, 0, answer.problem};
    }
}

} // namespace qio::vnc
