// internal: the state of a server, which its clients hold, too.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "io/core/wakeup.hpp"
#include "ui/vnc/client-list.hpp"
#include "ui/vnc/control-arbiter.hpp"
#include "ui/vnc/listeners.hpp"
#include "ui/vnc/server.hpp"
#include "ui/vnc/text-typer.hpp"
#include "ui/vnc/update-dispatcher.hpp"

namespace qio::vnc {

class Server::Impl final : public std::enable_shared_from_this<Impl>,
                           public ClientHost,
                           public Destination,
                           UpdateAudience,
                           ui::DisplayListener {
public:
    Impl(std::shared_ptr<ui::Display> display, const ServerOptions& options,
         GMainContext* context);

    /// Ends everything. A client that is just ending lifts all it holds in here, too.
    void stop();

    Listeners& listeners() { return listeners_; }
    bool is_stopped() const { return is_stopped_; }
    std::size_t client_count() const { return clients_.running(); }
    std::size_t connecting_count() const {
        return clients_.size() - client_count() + listeners_.arriving();
    }
    void add(std::shared_ptr<Channel> channel, std::optional<SocketAddress> peer,
             AskWho ask);
    void connect_to(const SocketAddress& address, Completion<void> completion);
    ServerInfo info() const;
    /// Does something about control, and what follows from it.
    Result<void>
    change_control(const std::function<Result<void>(ControlArbiter&)>& change);

    // ---- Destination

    void take(Newcomer newcomer) override;

    // ---- ClientHost

    bool admit(Client& client, bool shared) override;
    const std::shared_ptr<Security>& security() const override { return security_; }
    const ui::DisplayChanges& display_state() const override { return state_; }
    Keyboard& keyboard() override { return keyboard_; }
    TextTyper& typer() override { return typer_; }
    void lift_keys() override;
    bool may_act(Client& client, Act act) override;
    bool types_clipboard() const override { return options_.keyboard.type_clipboard; }
    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
    void refresh_display(const Client& asker, const ui::ScreenLayout& wish) override {
        take_changes(&asker, &wish);
    }
    UpdateSender::Loss loss() const override {
        if (!options_.lossy)
            return UpdateSender::Loss::never;
        return options_.video ? UpdateSender::Loss::allowed
                              : UpdateSender::Loss::in_pictures;
    }
    bool refines() const override { return options_.adaptive; }
    bool power_control() const override { return options_.power_control; }
    bool power(const Client& client, ui::PowerAction action) override;
    void audio_listeners_changed() override;
    void pointer_moved(ui::Point position) override {
        dispatcher_.move_pointer(position);
    }
    ui::Region pointer_region() const override { return dispatcher_.pointer_region(); }
    void update_wanted() override { dispatcher_.schedule(); }
    ui::InputSink* input() const override { return display_->input(); }
    void client_ended(Client& client, const Transport& transport,
                      EndReason reason) override;

private:
    // Context: any thread.
    void display_changed() noexcept override { wakeup_.signal(); }

    // ---- UpdateAudience

    std::vector<std::shared_ptr<Client>> update_clients() const override;

    void control_changed(const Control& before);
    /// A client has asked for a layout, or none has.
    void take_changes(const Client* asker = nullptr,
                      const ui::ScreenLayout* wish = nullptr);
    void take_state();
    bool has_exclusive_client() const;
    void end_all_but(const Client* kept);

    const std::shared_ptr<ui::Display> display_;
    const ServerOptions options_;
    const std::shared_ptr<Security> security_;
    const ContextRef context_;
    ui::DisplayChanges state_;
    Keyboard keyboard_;
    TextTyper typer_;
    ControlArbiter control_;
    bool audio_wanted_ = false;
    Listeners listeners_;
    ClientList clients_;
    Goodbyes goodbyes_;
    UpdateDispatcher dispatcher_;
    Wakeup wakeup_;
    bool is_stopped_ = false; // but held by a client, or a router's visit
};

} // namespace qio::vnc
