// The state of a server: its clients, and what they may use of it.
#include "ui/vnc/server-impl.hpp"

#include <algorithm>

#include "io/base/trace.hpp"

namespace qio::vnc {

namespace {

void tell(const std::function<void(const ClientInfo&)>& whom, const ClientInfo& info) {
    // A copy: the server, and with it the function, may go in the call.
    if (const auto function = whom)
        function(info);
}

} // namespace

Server::Impl::Impl(std::shared_ptr<ui::Display> display, const ServerOptions& options,
                   GMainContext* context)
    : display_(std::move(display)), options_(options),
      security_(options.security ? options.security : *Security::create()),
      context_(context_or_default(context)), keyboard_(options.keyboard),
      typer_(*this, options.keyboard.keymap, options.keyboard.key_delay, context_.get()),
      control_(options.control, options.control_idle),
      listeners_(
          {{options.max_connecting, options.max_connecting_per_address},
           options.greeting_delay,
           options.browser_delay,
           options.handshake_deadline},
          [this](const Visit&) { return Route{shared_from_this()}; }, context_.get()),
      goodbyes_(std::max<std::size_t>(options.max_connecting, 1), context_.get()),
      dispatcher_(*this, options.encode_threads, context_.get()),
      wakeup_([this] { take_changes(); }, context_.get()) {
    display_->add_listener(*this);
    take_state();
    keyboard_.set_leds(state_.leds);
}

void Server::Impl::stop() {
    display_->remove_listener(*this);
    listeners_.close();
    is_stopped_ = true;
    typer_.stop();
    end_all_but(nullptr);
}

ServerInfo Server::Impl::info() const {
    auto clients = clients_.infos();
    for (auto& client : clients)
        client.has_control = client.is_initialized && control_.has_control(client.id);
    return {listeners_.info(), std::move(clients), clients_.total(), typer_.waiting(),
            control_.state()};
}

// ---- clients

bool Server::Impl::admit(Client& client, bool shared) {
    const bool exclusive = !shared && options_.share != SharePolicy::ignore;
    if (exclusive && options_.share == SharePolicy::force_shared)
        return false;
    if (exclusive)
        end_all_but(&client);
    else if (has_exclusive_client())
        return false;
    if (client_count() >= options_.max_clients)
        return false;
    auto info = clients_.set_running(client, shared);
    if (!info)
        return false;
    const auto before = control_.state();
    control_.add(info->id, info->role == Role::view);
    info->has_control = control_.has_control(info->id);
    tell(options_.events.initialized, *info);
    if (control_.state() != before)
        control_changed(before);
    return true;
}

bool Server::Impl::has_exclusive_client() const {
    return options_.share == SharePolicy::allow_exclusive &&
           std::ranges::any_of(clients_.all(), [](auto& client) {
               return client->is_running() && !client->is_shared();
           });
}

void Server::Impl::end_all_but(const Client* kept) {
    for (const auto& client : clients_.all())
        if (client.get() != kept && (kept == nullptr || client->is_running()))
            client->end(EndReason::going_away);
}

void Server::Impl::client_ended(Client& client, const Transport& transport,
                                EndReason reason) {
    goodbyes_.say(transport, reason);
    const auto info = clients_.remove(client);
    audio_listeners_changed();
    if (!info)
        return;
    const auto before = control_.state();
    control_.remove(info->id);
    tell(options_.events.disconnected, *info);
    if (control_.state() != before)
        control_changed(before);
}

void Server::Impl::lift_keys() {
    for (const auto& client : clients_.all())
        client->lift_keys();
}

/// Whoever decides may end the client, and all.
bool Server::Impl::power(const Client& client, ui::PowerAction action) {
    const auto* const info = clients_.info(client);
    if (const auto wanted = options_.events.power_wanted; wanted && info != nullptr)
        return wanted(ClientInfo(*info), action);
    auto* const sink = input();
    return sink != nullptr && sink->power(action);
}

// ---- control

bool Server::Impl::may_act(Client& client, Act act) {
    const auto* const info = clients_.info(client);
    if (info == nullptr)
        return false;
    const auto who = info->id;
    const auto before = control_.state();
    const auto answer = control_.act(who, act, std::chrono::steady_clock::now());
    if (answer == ControlArbiter::Answer::wish)
        tell(options_.events.control_wanted, ClientInfo(*info));
    if (control_.state() != before)
        control_changed(before);
    // Whoever was told may have decided otherwise, or ended all.
    return !is_stopped_ && control_.has_control(who);
}

Result<void>
Server::Impl::change_control(const std::function<Result<void>(ControlArbiter&)>& change) {
    const auto keep = shared_from_this();
    const auto before = control_.state();
    auto result = change(control_);
    control_changed(before);
    return result;
}

void Server::Impl::control_changed(const Control& before) {
    for (const auto& client : clients_.all())
        if (const auto* const info = clients_.info(*client);
            info != nullptr && !control_.has_control(info->id))
            client->lift_input();
    const auto told = options_.events.control_changed; // a copy, as above
    if (told && !is_stopped_ && control_.state() != before)
        told(control_.state());
}

// ---- the display

void Server::Impl::take_state() {
    state_ = display_->take_changes(*this);
    if (!options_.keyboard.lock_key_sync)
        state_.leds.reset();
    if (state_.leds_changed)
        keyboard_.set_leds(state_.leds);
    dispatcher_.display_changed(state_);
}

void Server::Impl::take_changes(const Client* asker, const ui::ScreenLayout* wish) {
    const auto keep = shared_from_this();
    take_state();
    const bool is_granted = wish != nullptr && fulfils(layout_of(state_), *wish);
    // A client may end while it is told, and end others.
    for (const auto& client : clients_.all())
        client->display_changed(is_granted && client.get() != asker
                                    ? DesktopSizeReason::OtherClient
                                    : DesktopSizeReason::Server);
    dispatcher_.dispatch();
}

std::vector<std::shared_ptr<Client>> Server::Impl::update_clients() const {
    auto running = clients_.all();
    std::erase_if(running, [](auto& client) { return !client->is_running(); });
    return running;
}

void Server::Impl::audio_listeners_changed() {
    const bool wanted = std::ranges::any_of(
        clients_.all(), [](auto& client) { return client->wants_audio(); });
    if (!is_stopped_ && std::exchange(audio_wanted_, wanted) != wanted)
        display_->want_audio(*this, wanted);
}

// ---- connections

void Server::Impl::take(Newcomer newcomer) {
    if (is_stopped_)
        return goodbyes_.say(newcomer.transport, EndReason::going_away);
    const auto keep = shared_from_this();
    const auto client =
        std::make_shared<Client>(keep, std::move(newcomer.transport), context_.get());
    QIO_TRACE(vnc, client_accepted, "client=%p", static_cast<void*>(client.get()));
    newcomer.slot.on_evicted([weak = std::weak_ptr(client)] {
        if (const auto evicted = weak.lock())
            evicted->end(EndReason::going_away);
    });
    const std::chrono::milliseconds left(milliseconds_left(newcomer.deadline));
    const auto info =
        clients_.add(client, std::move(newcomer.info), std::move(newcomer.slot));
    client->start(left);
    tell(options_.events.connected, info);
}

void Server::Impl::add(std::shared_ptr<Channel> channel,
                       std::optional<SocketAddress> peer, AskWho ask) {
    const auto keep = shared_from_this(); // whoever has to go may destroy the server
    auto slot = listeners_.slots().take(share_key(peer));
    ClientInfo info;
    info.peer = std::move(peer);
    auto transport = Transport::plain(std::move(channel));
    auto security = transport.security();
    security.is_trusted = ask == AskWho::no;
    transport.set_security(std::move(security));
    info.security = transport.security();
    take({std::move(transport), std::move(info),
          deadline_after(options_.handshake_deadline), std::move(slot)});
}

void Server::Impl::connect_to(const SocketAddress& address, Completion<void> completion) {
    ChannelSocket::connect(
        address,
        {.context = context_.get(),
         .deadline = deadline_after(options_.handshake_deadline)},
        [weak = weak_from_this(), address,
         done = std::move(completion)](auto socket) mutable {
            const auto self = weak.lock();
            if (!socket)
                return done(std::move(socket).error());
            if (!self || self->is_stopped_)
                return done(Error{ErrorKind::cancelled, 0, "the server has gone"});
            self->add(*std::move(socket), address, AskWho::yes);
            done({});
        });
}

} // namespace qio::vnc
