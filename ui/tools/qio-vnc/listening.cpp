// Where qio-vnc listens.
#include "ui/tools/qio-vnc/listening.hpp"

#include <algorithm>
#include <utility>

#include "io/socket/socket-ops.hpp"
#include "ui/tools/browsers.hpp"

namespace qio::bridge {

namespace {

/// Of a socket that is open already, the address that it is bound to.
SocketAddress bound_address(const SocketAddress& address) {
    const auto* const open = std::get_if<FdAddress>(&address);
    if (open == nullptr)
        return address;
    const auto name = socket_ops::local_name(open->fd);
    return name ? from_sockaddr(name->storage, name->length).value_or(address) : address;
}

/// A proxy in front of it has a name, which --host gives.
ws::HandshakePolicy policy_for(const SocketAddress& given, const Options& options) {
    auto policy = vnc::ListenOptions().websocket;
    const auto address = bound_address(given);
    if (const auto* const inet = std::get_if<InetAddress>(&address))
        policy.hosts = tools::names_of_loopback(inet->host);
    if (policy.hosts.empty() && !options.hosts.empty())
        policy.hosts = {"localhost", "127.0.0.1", "[::1]"};
    policy.hosts.insert(policy.hosts.end(), options.hosts.begin(), options.hosts.end());
    return policy;
}

/// All that is the same for every place of a kind.
class Places {
public:
    Places(const Options& options, const Access& access,
           std::shared_ptr<vnc::HttpService> http)
        : options_(options), access_(access), http_(std::move(http)) {}

    void add(std::string option, const SocketAddress& address, vnc::Speak speak) {
        vnc::ListenOptions listen{.speak = speak,
                                  .websocket = policy_for(address, options_)};
        // Viewers find TLS within RFB, so RFB comes without one around it.
        if (speak != vnc::Speak::rfb) {
            listen.credentials = access_.credentials();
            listen.tls.authorization = access_.tls_authorization();
            listen.without_tls = vnc::WithoutTls::rfb;
        }
        if (speak == vnc::Speak::websocket)
            listen.without_tls = vnc::WithoutTls::nothing;
        if (speak == vnc::Speak::anything)
            listen.http = http_;
        all_.push_back({std::move(option), {address, std::move(listen)}});
    }

    std::vector<Place> take() { return std::move(all_); }

private:
    const Options& options_;
    const Access& access_;
    const std::shared_ptr<vnc::HttpService> http_;
    std::vector<Place> all_;
};

vnc::Speak speak_of(const std::string& name) {
    if (name == "vnc")
        return vnc::Speak::rfb;
    return name == "websocket" ? vnc::Speak::websocket : vnc::Speak::anything;
}

bool has_socket_for(std::span<const InheritedSocket> inherited, vnc::Speak speak) {
    return std::ranges::any_of(
        inherited, [&](auto& socket) { return speak_of(socket.name) == speak; });
}

std::string_view way_out(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::address_in_use:
        return "; choose another number or path, or end what is there";
    case ErrorKind::permission_denied:
        return "; choose a port above 1023, or a folder that may be written";
    default:
        return "; choose another address";
    }
}

} // namespace

bool serves_pages(const Options& options, std::span<const InheritedSocket> inherited) {
    return options.http || has_socket_for(inherited, vnc::Speak::anything);
}

Result<void> check_web(const Options& options,
                       std::span<const InheritedSocket> inherited) {
    const auto wrong = [](const char* message) {
        return Error{ErrorKind::invalid_argument, 0, message};
    };
    const bool has_pages = serves_pages(options, inherited);
    if (options.novnc_folder && !has_pages)
        return wrong("--novnc: no pages are served; add --http ADDRESS");
    if (has_pages || !options.display.websocket_addresses.empty() ||
        has_socket_for(inherited, vnc::Speak::websocket))
        return {};
    if (!options.hosts.empty())
        return wrong("--host: browsers cannot connect anywhere; add --http ADDRESS or "
                     "--websocket ADDRESS");
    if (!options.paths.empty())
        return wrong("--path: browsers cannot connect anywhere; add --http ADDRESS or "
                     "--websocket ADDRESS");
    return {};
}

std::vector<Place> places_of(const Options& options, const Access& access,
                             std::vector<InheritedSocket> inherited,
                             const std::shared_ptr<vnc::HttpService>& http) {
    Places places(options, access, http);
    const auto& display = options.display;
    if (!display.reverse && (options.has_vnc_address || inherited.empty()))
        for (const auto& address : display.addresses)
            places.add("--vnc-addr " + options.vnc_address, address, vnc::Speak::rfb);
    for (const auto& address : display.websocket_addresses)
        places.add("websocket", address, vnc::Speak::websocket);
    if (options.http)
        places.add("--http", *options.http, vnc::Speak::anything);
    for (auto& socket : inherited)
        places.add("inherited socket " + socket.name, FdAddress{socket.fd.release()},
                   speak_of(socket.name));
    return places.take();
}

Result<void> listen_at(vnc::Router& router, const Place& place) {
    auto done = router.listen(place.listening.address, place.listening.options);
    if (done)
        return done;
    auto error = std::move(done).error();
    error.message += way_out(error.kind);
    return std::move(error).with_context(place.option);
}

std::string description_of(const vnc::ListenerInfo& listener) {
    const auto* const inet = std::get_if<InetAddress>(&listener.address);
    const auto where = inet != nullptr ? tools::in_url(inet->host) + ":" + inet->port
                                       : to_string(listener.address);
    if (listener.speak == vnc::Speak::rfb)
        return "VNC on " + where;
    const std::string secure = listener.has_tls ? "s" : "";
    if (inet == nullptr)
        return (listener.speak == vnc::Speak::websocket ? "WebSocket on " : "all on ") +
               where;
    return (listener.speak == vnc::Speak::websocket ? "ws" : "http") + secure + "://" +
           where + "/";
}

} // namespace qio::bridge
