// internal: what a client needs from its server.
#pragma once

#include <memory>

#include "ui/vnc/control-arbiter.hpp"
#include "ui/vnc/input-host.hpp"
#include "ui/vnc/security.hpp"
#include "ui/vnc/transport.hpp"
#include "ui/vnc/update-sender.hpp"

namespace qio::vnc {

class Client;

/// What a client needs from its server.
class ClientHost : public InputHost {
public:
    /// The handshake is over: may this client stay? It may disconnect others.
    virtual bool admit(Client& client, bool shared) = 0;
    /// Whom to let in.
    virtual const std::shared_ptr<Security>& security() const = 0;
    /// Takes the display's changes now; all clients are told as if it had woken us, but
    /// others than the one that asked know of a wish that was fulfilled.
    virtual void refresh_display(const Client& asker, const ui::ScreenLayout& wish) = 0;
    /// Whether what the client does counts now. It may get control by it.
    virtual bool may_act(Client& client, Act act) = 0;
    /// Whether the texts of clients' clipboards are typed.
    virtual bool types_clipboard() const = 0;
    /// Where clients that need the pointer drawn may see it.
    virtual ui::Region pointer_region() const = 0;
    /// A client may be waiting for an update that can be made.
    virtual void update_wanted() = 0;
    /// Whether clients may be sent a picture with losses, if they wish it.
    virtual UpdateSender::Loss loss() const = 0;
    /// Whether what was sent with a loss, and rests, is sent as it is.
    virtual bool refines() const = 0;
    /// Whether clients may ask for it.
    virtual bool power_control() const = 0;
    /// The client wants that done: whether it is being done.
    virtual bool power(const Client& client, ui::PowerAction action) = 0;
    /// A client begins or ends to want the display's sound.
    virtual void audio_listeners_changed() = 0;
    /// It is over; the server drops it and says goodbye. Called once, from the client's
    /// end().
    virtual void client_ended(Client& client, const Transport& transport,
                              EndReason reason) = 0;

protected:
    ~ClientHost() = default;
};

} // namespace qio::vnc
