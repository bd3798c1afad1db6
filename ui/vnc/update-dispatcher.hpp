// internal: takes frames of the display when clients wait for them, and has them encoded.
#pragma once

#include <memory>
#include <vector>

#include "io/core/wakeup.hpp"
#include "ui/display.hpp"
#include "ui/frame-capture.hpp"
#include "ui/vnc/copy-finder.hpp"
#include "ui/vnc/cursor-overlay.hpp"
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
/// Clients that cannot draw the pointer get frames with the pointer in it, which share
/// all other strips with the frames of the others. Without such a client none is made.
///
/// Context: the server's.
class UpdateDispatcher {
public:
    /// `threads`: as for EncodePool.
    UpdateDispatcher(UpdateAudience& audience, std::size_t threads,
                     GMainContext* context);

    /// The display has news; clients have been told, but for the pixels.
    void display_changed(const ui::DisplayChanges& changes);
    /// A client has moved the pointer there.
    void move_pointer(ui::Point position);
    /// Where the pointer is drawn, or was when clients were last told.
    ui::Region pointer_region() const;
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
    void pointer_changed(const ui::Region& changed);
    void tell_pointer(const Clients& clients);
    const std::shared_ptr<const ui::Frame>& frame_with_pointer();
    std::vector<Group> group_jobs(const Clients& clients);
    void run(Group group);

    UpdateAudience& audience_;
    std::shared_ptr<const ui::Surface> surface_;
    ui::Region damage_;            // that no frame has taken in
    std::vector<ui::Copy> copies_; // that made some of it
    ui::FrameCapture capture_;
    CopyFinder finder_;
    CursorOverlay pointer_;
    bool pointer_visible_ = true;                    // for the display
    bool pointer_placed_ = false;                    // anybody has said where it is
    ui::Region pointer_changes_;                     // that clients were not told of
    std::shared_ptr<const ui::Frame> pointer_frame_; // null: to be made
    EncodePool pool_;
    Wakeup wakeup_;
};

} // namespace qio::vnc
