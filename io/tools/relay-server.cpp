// qio-relay from its listening sockets to an orderly end.
#include "io/tools/relay-server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "io/tools/notify.hpp"
#include "io/tools/relay-listen.hpp"

namespace qio::relay {

namespace {

// Those who are told that there is no room; beyond that they are only closed.
constexpr std::size_t max_refused = 64;
// For all that is not a connection: logs, certificates, files for browsers.
constexpr std::size_t spare_descriptors = 64;

/// As many descriptors as the system lets us have: nothing here uses select().
rlim_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1024;
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

/// Each connection has two descriptors.
std::size_t max_connections_for(const Options& options) {
    const rlim_t descriptors = raise_descriptor_limit();
    if (options.max_connections != 0)
        return options.max_connections;
    const std::size_t half = std::min<rlim_t>(descriptors, 1 << 24) / 2;
    return half > spare_descriptors ? half - spare_descriptors : 1;
}

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

} // namespace

Server::Server(const Options& options, Log& log, std::function<void()> done)
    : options_(options), log_(log), done_(std::move(done)),
      max_connections_(max_connections_for(options)),
      shared_{.options = options, .log = log, .credentials = credentials_} {}

Server::~Server() {
    if (listener_)
        listener_->close();
}

Result<std::unique_ptr<Server>> Server::create(const Options& options, Log& log,
                                               std::function<void()> done) {
    std::unique_ptr<Server> server(new Server(options, log, std::move(done)));
    QIO_TRY(server->load());
    return server;
}

Result<void> Server::load() {
    if (options_.target)
        shared_.target = std::make_shared<const RelayAddress>(*options_.target);
    QIO_TRY(open_credentials());
    if (options_.has_tokens()) {
        const auto& path =
            options_.token_file.empty() ? options_.token_dir : options_.token_file;
        tokens_ = QIO_TRY(TokenTable::create(
            path, [this](const std::string& problem) { log_.error(problem); }));
    }
    if (!options_.web.empty())
        web_ = QIO_TRY(WebFiles::create(options_.web));
    shared_.tokens = tokens_.get();
    shared_.web = web_.get();
    return {};
}

/// What is wrong with them is said at the start, not to the first client.
Result<void> Server::open_credentials() {
    for (const auto& layer : options_.listen.layers)
        if (const auto* tls = std::get_if<TlsLayer>(&layer))
            QIO_TRY(credentials_.get(*tls, tls::Endpoint::server));
    if (!options_.target)
        return {};
    for (const auto& layer : options_.target->layers)
        if (const auto* tls = std::get_if<TlsLayer>(&layer))
            QIO_TRY(credentials_.get(*tls, tls::Endpoint::client));
    return {};
}

Result<void> Server::start() {
    if (std::holds_alternative<StdioLeaf>(options_.listen.leaf)) {
        serve_stdio();
        return {};
    }
    listener_ = QIO_TRY(listen_on(options_));
    announce();
    listener_->set_callback([this](NetListener::Client client) { on_client(client); });
    return {};
}

void Server::serve_stdio() {
    spawn<ChannelRef>(
        nullptr, open_leaf(StdioLeaf(), {}, {}), [this](Result<ChannelRef> channel) {
            if (channel)
                return add(*std::move(channel), {"stdio", {}}, Admission::granted);
            log_.error(channel.error().message);
            has_failed_ = true;
            is_stopping_ = true;
            check_end();
        });
}

void Server::announce() {
    const auto addresses = addresses_of(*listener_, options_.listen);
    const auto target = shared_.target ? to_string(*shared_.target) : "tokens";
    std::string text = "listening on ";
    for (const auto& address : addresses)
        text += (&address == addresses.data() ? "" : ", ") + address;
    LogLine line("listening");
    line.add("listen", addresses).add("target", target);
    line.add("max_connections", max_connections_).add("pid", std::uint64_t(getpid()));
    log_.status(text + " -> " + target, line);
    service::notify_ready(text);
}

// ---- connections

bool Server::is_full(const Peer& peer) const {
    if (session_count() >= max_connections_)
        return true;
    const auto found = per_address_.find(peer.address);
    return options_.max_connections_per_address != 0 && found != per_address_.end() &&
           found->second >= options_.max_connections_per_address;
}

void Server::on_client(const NetListener::Client& socket) {
    auto peer = peer_of(*socket);
    if (!is_full(peer))
        return add(socket, std::move(peer), Admission::granted);
    log_.error(peer.text + ": refused, there are " +
               counted(session_count(), "connection") +
               "; see --max-connections and --max-connections-per-address");
    const bool is_ws = !options_.listen.layers.empty() &&
                       std::holds_alternative<WsLayer>(options_.listen.layers.front());
    if (is_ws && refused_ < max_refused)
        return add(socket, std::move(peer), Admission::refused);
    (void)socket->close();
}

void Server::add(ChannelRef channel, Peer peer, Admission admission) {
    if (admission == Admission::refused)
        ++refused_;
    else if (!peer.address.empty())
        ++per_address_[peer.address];
    connections_.insert(Connection::start(
        shared_, std::move(channel), std::move(peer), admission,
        [this](std::shared_ptr<Connection> connection) { on_gone(connection); }));
    if (options_.once && admission == Admission::granted && listener_)
        listener_->close();
}

void Server::on_gone(const std::shared_ptr<Connection>& connection) {
    connections_.erase(connection);
    if (connection->admission() == Admission::refused) {
        --refused_;
        return check_end();
    }
    const auto counted_as = per_address_.find(connection->peer().address);
    if (counted_as != per_address_.end() && --counted_as->second == 0)
        per_address_.erase(counted_as);
    has_failed_ = has_failed_ || (options_.once && connection->has_failed());
    is_stopping_ = is_stopping_ || options_.once;
    check_end();
}

// ---- signals

void Server::reload() {
    service::notify_reloading();
    for (const auto& error : credentials_.reload())
        log_.error(error.message + "; the old ones stay in use");
    if (auto done = log_.reopen(); !done)
        log_.error(done.error().message);
    std::string text = "reloaded certificates";
    if (tokens_)
        text += " and " + counted(tokens_->refresh(), "token");
    log_.status(text, LogLine("reloaded"));
    service::notify_ready(status_text());
}

std::string Server::status_text() const {
    return counted(session_count(), "connection");
}

void Server::stop() {
    if (std::exchange(is_stopping_, true))
        return end_all();
    if (listener_)
        listener_->close();
    log_.status("stopping, " + status_text() + " to end",
                LogLine("stopping").add("connections", session_count()));
    service::notify_stopping(status_text() + " to end");
    grace_ = Timer(options_.grace, [this] { end_all(); });
    for (const auto& connection : std::vector(connections_.begin(), connections_.end()))
        connection->wind_down();
    check_end();
}

void Server::end_all() {
    for (const auto& connection : std::vector(connections_.begin(), connections_.end()))
        connection->stop();
    check_end();
}

void Server::check_end() {
    if (is_stopping_ && connections_.empty())
        done_();
}

} // namespace qio::relay
