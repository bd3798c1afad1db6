// internal: takes frames of the display when clients wait for them, and has them encoded.
#pragma once

#include <memory>
#include <vector>

#include "io/core/wakeup.hpp"
#include "ui/display.hpp"
#include "ui/frame-capture.hpp"
#include "ui/vnc/encode-pool.hpp"

namespace qio::vnc {

class Client;

/// Whom a dispatcher serves.
class UpdateAudience {
public:
    /// Clients whose handshake is over.
    virtual std::vector<std::shared_ptr<Client>> update_clients() const = 0;
    /// Keeps the dispatcher alive while it calls clients, which may end everything.
    virtual std::shared_ptr<void> keep_alive() = 0;

protected:
    ~UpdateAudience() = default;
};

/// Gives waiting clients their updates. A frame is taken only when one of them waits, so
/// what nobody can be sent costs nothing; clients that are to get the same pixels in the
/// same way share one job.
///
/// Context: the server's.
class UpdateDispatcher {
public:
    /// `threads`: as for EncodePool.
    UpdateDispatcher(UpdateAudience& audience, std::size_t threads,
                     GMainContext* context);

    /// The display has news; clients have been told, but for the pixels.
    void display_changed(const ui::DisplayChanges& changes);
    /// A client may be waiting: looks soon, once for all that ask meanwhile.
    void schedule() { wakeup_.signal(); }
    /// Looks now.
    void dispatch();

private:
    using Clients = std::vector<std::shared_ptr<Client>>;
    struct Group;

    bool has_news() const { return !damage_.empty() || !capture_.frame(); }
    void forget_other_sizes();
    bool take_frame(const Clients& clients);
    std::vector<Group> group_jobs(const Clients& clients);
    void run(Group group);

    UpdateAudience& audience_;
    std::shared_ptr<const ui::Surface> surface_;
    ui::Region damage_; // that no frame has taken in
    ui::FrameCapture capture_;
    EncodePool pool_;
    Wakeup wakeup_;
};

} // namespace qio::vnc
