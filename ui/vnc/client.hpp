// internal: one client, from the accepted channel to its end.
#pragma once

#include <memory>
#include <optional>

#include "io/core/timer.hpp"
#include "ui/vnc/client-host.hpp"
#include "ui/vnc/client-input.hpp"
#include "ui/vnc/connection.hpp"
#include "ui/vnc/login.hpp"
#include "ui/vnc/pacing.hpp"
#include "ui/vnc/rfb/reader.hpp"
#include "ui/vnc/session-extensions.hpp"
#include "ui/vnc/traffic-meter.hpp"
#include "ui/vnc/transport.hpp"
#include "ui/vnc/update-sender.hpp"

namespace qio::vnc {

/// A session: login, messages in, updates out. A client that only looks is not heard.
///
/// Any call of the emulator may end it, or end the server with all clients.
///
/// Lifetime: held by the host until client_ended(); holds its host.
class Client final : public std::enable_shared_from_this<Client>,
                     public ConnectionHandler,
                     public LoginHandler {
public:
    Client(std::shared_ptr<ClientHost> host, Transport transport, GMainContext* context);

    /// Begins. The handshake must be over by `deadline`.
    void start(std::chrono::milliseconds deadline);
    /// Disconnects, when what is held down has been lifted. Idempotent.
    void end(EndReason reason);
    /// The display has news; host's display_state() says what. `size`: why it has
    /// another layout, if it has.
    void display_changed(DesktopSizeReason size = DesktopSizeReason::Server);

    /// Whether an update can be begun; `news`: also one with what no frame shows yet.
    bool takes_update(bool news) const;
    /// Whether the pointer is drawn into its pixels. Requires: is_running().
    bool needs_pointer() const { return updates_->needs_pointer(); }
    /// Requires: is_running().
    void add_damage(const ui::Region& damage) { updates_->add_damage(damage); }
    void add_copies(std::span<const ui::Copy> copies) { updates_->add_copies(copies); }
    /// As UpdateSender's; what needs no pixels is sent.
    std::optional<EncodeJob> begin_update(const std::shared_ptr<const ui::Frame>& frame,
                                          CopyFinder& finder);
    /// Releases the keys that it holds; and its buttons, too.
    void lift_keys() { input_.release_keys(); }
    void lift_input() { input_.release(); }
    void finish_update(const EncodedRects& encoded);

    bool is_running() const { return updates_.has_value(); }
    bool is_shared() const { return who_.shared; }
    bool wants_audio() const { return extensions_ && extensions_->audio().is_enabled(); }
    ClientTraffic traffic() const;
    /// Who it is; once it is running.
    const LoginResult& who() const { return who_; }

    // ---- LoginHandler
    void logged_in(LoginResult result) override;
    void login_failed(EndReason reason, std::optional<Error> error) override;

    // ---- ConnectionHandler
    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
    std::size_t on_input(ByteView bytes) override;
    void on_drained() override;
    void on_end(std::optional<Error> error) override;

private:
    void opened(const Result<void>& result);
    void run();
    std::size_t handle_messages(ByteView bytes);
    void send_unasked();
    void watch_losses();
    void send_audio();
    void send_clipboard_wish();
    Negotiated negotiated() const;
    void key(const ui::KeyEvent& event);
    void cut_text(std::string utf8);
    bool may_act(Act act);
    void forward_resize(const ui::ScreenLayout& wish);
    DesktopSizeStatus ask_for_size(const ui::ScreenLayout& wish);

    // One per client message (RFB, Client to Server Messages).
    void handle(const SetPixelFormat& message);
    void handle(const SetEncodings& message);
    void handle(const FramebufferUpdateRequest& message);
    void handle(const KeyEvent& message);
    void handle(const PointerEvent& message);
    void handle(const ClientCutText& message);
    void handle(const SetDesktopSize& message);
    void handle(const QemuExtendedKeyEvent& message);
    void handle(const EnableContinuousUpdates& message);
    void handle(const ClientClipboard& message);
    void handle(const ClientFence& message);
    void handle(const ClientXvp& message);
    void handle(const EnableAudio& message);
    void handle(const SetAudioFormat& message);

    const std::shared_ptr<ClientHost> host_;
    GMainContext* const context_; // the host's
    Transport transport_;
    std::shared_ptr<Login> login_;
    LoginResult who_;
    ClientInput input_;
    // Both from the end of the login on:
    std::optional<UpdateSender> updates_;
    std::optional<SessionExtensions> extensions_;
    Pacing pacing_;
    TrafficMeter meter_;
    std::optional<Connection> connection_;
    bool ended_ = false;
    bool handling_ = false; // of input: updates wait until all of it is seen
    bool paused_ = false;   // reading, until the answers have left
    Timer deadline_;
    Timer resize_pause_;
    Alarm next_update_; // that the link will be ready for
    Timer rest_;        // ticks while the client sees something not as it is
    std::optional<ui::ScreenLayout> next_resize_;
};

} // namespace qio::vnc
