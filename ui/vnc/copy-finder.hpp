// internal: which parts of a new picture a client has already, elsewhere.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ui/copy.hpp"
#include "ui/frame.hpp"
#include "ui/region.hpp"

namespace qio::vnc {

/// What one client needs to know.
struct CopyQuestion {
    std::shared_ptr<const ui::Frame> before; ///< what the client sees, but for `unknown`
    std::shared_ptr<const ui::Frame> now;    ///< of the same size
    ui::Region changed;                      ///< inside the frames
    ui::Region unknown;
    std::vector<ui::Copy> hints; ///< what is said to have moved; any numbers
};

/// Finds copies: by hints, and by looking. Every pixel of a copy was compared, so none is
/// ever wrong. What was found is kept for clients that ask the same in the same turn.
class CopyFinder {
public:
    static constexpr std::size_t max_copies = 32;

    /// Copies to be made in this order, all from what the client knows. They do not
    /// overlap each other, lie in the bounds of what changed or in those of a hint, and
    /// may include pixels that did not change.
    std::vector<ui::Copy> find(const CopyQuestion& question);
    /// Lets go of the frames it has looked at.
    void forget() { answers_.clear(); }

private:
    /// All that moved in one way.
    struct Moved {
        ui::Point motion;
        ui::Region to;
    };
    struct Answer {
        std::shared_ptr<const ui::Frame> before, now;
        ui::Region changed;
        std::vector<ui::Copy> hints;
        std::vector<Moved> all;
    };

    const std::vector<Moved>& moved(const CopyQuestion& question);
    static std::vector<Moved> look(const CopyQuestion& question);

    std::vector<Answer> answers_;
};

} // namespace qio::vnc
