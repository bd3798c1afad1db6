// Several displays behind the same addresses.
#include "ui/vnc/router.hpp"

#include <algorithm>

#include "ui/vnc/listeners.hpp"

namespace qio::vnc {

namespace {

constexpr std::string_view display_prefix = "/display/";

ws::HttpRefusal no_such_display() {
    return {404, "There is no such display.", {}};
}

} // namespace

class Router::Impl {
public:
    Impl(RouterOptions options, GMainContext* context)
        : options_(std::move(options)), context_(context_or_default(context)),
          listeners_(
              {.limits = {options_.max_connecting, options_.max_connecting_per_address},
               .greeting_delay = options_.greeting_delay,
               .browser_delay = options_.browser_delay,
               .deadline = options_.handshake_deadline,
               .needs_path = true},
              [this](const Visit& visit) { return route(visit); }, context_.get()) {}

    Result<void> add(const std::string& id, std::weak_ptr<Destination> destination,
                     std::function<std::optional<ServerInfo>()> info,
                     std::vector<std::string> paths);
    void remove(const std::string& id) {
        std::erase_if(displays_, [&](auto& display) { return display.id == id; });
    }
    Listeners& listeners() { return listeners_; }
    std::vector<DisplayStatus> status() const;

private:
    struct Display {
        std::string id;
        std::vector<std::string> paths;
        std::weak_ptr<Destination> destination;
        std::function<std::optional<ServerInfo>()> info; ///< empty once it has gone
    };

    const Display* find(std::string_view id) const {
        const auto display = std::ranges::find(displays_, id, &Display::id);
        return display != displays_.end() ? &*display : nullptr;
    }
    const Display* find_by(const Visit& visit) const;
    bool is_taken(const std::string& path) const;
    RouteResult route(const Visit& visit) const;

    const RouterOptions options_;
    const ContextRef context_;
    std::vector<Display> displays_; // the first is the usual one
    Listeners listeners_;
};

bool Router::Impl::is_taken(const std::string& path) const {
    return is_reserved(path) || std::ranges::any_of(displays_, [&](auto& display) {
               return std::ranges::find(display.paths, path) != display.paths.end();
           });
}

Result<void> Router::Impl::add(const std::string& id,
                               std::weak_ptr<Destination> destination,
                               std::function<std::optional<ServerInfo>()> info,
                               std::vector<std::string> paths) {
    if (find(id) != nullptr)
        return Error{ErrorKind::invalid_argument, 0,
                     "display '" + id + "' is there already; choose another id"};
    for (const auto& path : paths)
        if (!path.starts_with('/') || is_taken(path))
            return Error{ErrorKind::invalid_argument, 0,
                         "path '" + path +
                             "' cannot be had; choose another one that "
                             "begins with '/'"};
    displays_.push_back({id, std::move(paths), std::move(destination), std::move(info)});
    return {};
}

const Router::Impl::Display* Router::Impl::find_by(const Visit& visit) const {
    const std::string_view path = visit.path;
    if (!visit.is_websocket || path == "/" || path == "/websockify")
        return displays_.empty() ? nullptr : &displays_.front();
    if (path.starts_with(display_prefix))
        return find(path.substr(display_prefix.size()));
    const auto display = std::ranges::find_if(displays_, [&](auto& other) {
        return std::ranges::find(other.paths, path) != other.paths.end();
    });
    return display != displays_.end() ? &*display : nullptr;
}

RouteResult Router::Impl::route(const Visit& visit) const {
    Admission admission;
    if (options_.admit) {
        auto admitted = options_.admit(visit);
        if (!admitted)
            return std::unexpected(std::move(admitted).error());
        admission = *std::move(admitted);
    }
    const auto* const display =
        admission.display.empty() ? find_by(visit) : find(admission.display);
    auto destination = display != nullptr ? display->destination.lock() : nullptr;
    if (!destination)
        return std::unexpected(no_such_display());
    return Route{std::move(destination), admission.role, std::move(admission.shown_path)};
}

std::vector<DisplayStatus> Router::Impl::status() const {
    std::vector<DisplayStatus> all;
    for (const auto& display : displays_) {
        auto info = display.info();
        if (!info)
            continue;
        auto listeners = listeners_.info();
        std::ranges::move(info->listeners, std::back_inserter(listeners));
        info->listeners = std::move(listeners);
        all.push_back({display.id, *std::move(info)});
    }
    return all;
}

Router::Router(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Router::~Router() = default;

std::unique_ptr<Router> Router::create(RouterOptions options, GMainContext* context) {
    return std::unique_ptr<Router>(
        new Router(std::make_unique<Impl>(std::move(options), context)));
}

Result<void> Router::add(const std::string& id, Server& server,
                         std::vector<std::string> paths) {
    return impl_->add(id, server.destination(), server.info_source(), std::move(paths));
}

bool Router::is_reserved(std::string_view path) {
    return path == "/" || path == "/websockify" || path.starts_with(display_prefix);
}

void Router::remove(const std::string& id) {
    impl_->remove(id);
}

Result<void> Router::listen(const SocketAddress& address, ListenOptions options) {
    return impl_->listeners().open({address, std::move(options)});
}

Result<void> Router::set_listeners(std::vector<Listening> all) {
    return impl_->listeners().replace(std::move(all));
}

std::vector<ListenerInfo> Router::listeners() const {
    return impl_->listeners().info();
}

std::vector<DisplayStatus> Router::status() const {
    return impl_->status();
}

} // namespace qio::vnc
