// internal: what a client is known to see, so that it can be told to copy parts of it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ui/copy.hpp"
#include "ui/frame.hpp"
#include "ui/region.hpp"
#include "ui/vnc/copy-finder.hpp"

namespace qio::vnc {

/// The picture of one client: a frame, but for a region where it shows something else.
/// Losses do not count: who copies a part takes them along.
///
/// Looking for what moved takes time, and the frame that is held has to be copied by
/// whoever draws the next one. When nothing moved in some updates in a row, such as those
/// of a film, the next ones are not looked at, unless bytes are dear or something is said
/// to have moved.
///
/// Limits: the frame is held from one update to the next, and shares with the current one
/// what has not changed. Larger frames than max_area pixels are not.
class KnownPicture {
public:
    static constexpr std::size_t max_area = std::size_t(16) << 20;
    /// Updates in a row without anything found, and those that are not looked at then.
    static constexpr int max_vain_looks = 4;
    static constexpr int rest_updates = 8;

    /// Whether the client copies at all. Without, nothing is kept.
    void set_enabled(bool enabled);
    /// Whether each update is looked at, since bytes are dear.
    void set_tireless(bool tireless) { tireless_ = tireless; }
    /// The client may see anything.
    void forget();
    /// It may see anything there.
    void lose(const ui::Region& region);
    /// What is said to have moved since the last update.
    void add_copies(std::span<const ui::Copy> copies);

    /// Copies that bring the client nearer to `frame`, from which it differs in
    /// `changed`.
    std::vector<ui::Copy> copies_to(const std::shared_ptr<const ui::Frame>& frame,
                                    const ui::Region& changed, CopyFinder& finder);
    /// The client is sent `sent` of the frame, and will still see something else in
    /// `left`.
    void update(const std::shared_ptr<const ui::Frame>& frame, const ui::Region& sent,
                const ui::Region& left);

private:
    bool rests();

    bool enabled_ = false;
    bool tireless_ = false;
    int vain_looks_ = 0;
    int rest_ = 0;                           // updates that are not looked at
    std::shared_ptr<const ui::Frame> frame_; // null: nothing is known
    ui::Region unknown_;
    std::vector<ui::Copy> hints_;
};

} // namespace qio::vnc
