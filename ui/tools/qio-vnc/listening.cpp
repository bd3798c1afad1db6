// Where qio-vnc listens.
#include "ui/tools/qio-vnc/listening.hpp"

#include <unistd.h>

#include <utility>

namespace qio::bridge {

namespace {

constexpr const char* usual_novnc_folder = "/usr/share/novnc";

bool has_novnc(const std::string& folder) {
    return access((folder + "/core/rfb.js").c_str(), R_OK) == 0;
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string bracketed(const std::string& host) {
    return host.contains(':') ? "[" + host + "]" : host;
}

/// On this machine alone, a page that some name server sends here has no business; a
/// proxy in front of it has a name, which --host gives.
ws::HandshakePolicy policy_for(const SocketAddress& address, const Options& options) {
    auto policy = vnc::ListenOptions().websocket;
    const auto* const inet = std::get_if<InetAddress>(&address);
    if (inet != nullptr && is_loopback(inet->host))
        policy.hosts = {"localhost", "127.0.0.1", "[::1]", bracketed(inet->host)};
    else if (!options.hosts.empty())
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
    const auto where = inet != nullptr ? bracketed(inet->host) + ":" + inet->port
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

Result<std::optional<std::string>> find_novnc(const Options& options) {
    if (options.novnc_folder && !has_novnc(*options.novnc_folder))
        return Error{ErrorKind::not_found, 0,
                     "--novnc " + *options.novnc_folder +
                         ": core/rfb.js is not there; give the folder of the noVNC "
                         "package (npm install @novnc/novnc)"};
    if (options.novnc_folder || !has_novnc(usual_novnc_folder))
        return options.novnc_folder;
    return usual_novnc_folder;
}

} // namespace qio::bridge
