// A viewer of a machine's screen, over TCP or a WebSocket.
#pragma once

#include <optional>

#include "io/core/deadline.hpp"
#include "tests/bench/qemu/machine.hpp"
#include "tests/bench/vnc/viewer.hpp"

namespace qio::bench {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// What came in a while.
struct Flow {
    double updates = 0;
    double bytes = 0;
    double rate = 0; ///< updates in a second, from the first to the last one
};

/// Asks for the next update as soon as one has come. Ends the benchmark if the server
/// does not serve.
class Seat {
public:
    /// Returns when it has seen the whole screen.
    Seat(const Machine& machine, Wire wire, const Wish& wish);

    /// From before the connection to the last byte of the whole screen.
    /// Units: milliseconds.
    double first_frame() const { return first_frame_; }

    Flow watch(int milliseconds);
    /// Waits until as many pixels of `area` have come as it has. The time of the last
    /// byte; empty: they do not come for seconds.
    std::optional<Clock::time_point> wait_for(const ui::Rect& area);
    /// Asks once more, whatever has come.
    void ask() { viewer_.request(true); }

private:
    Clock::time_point start_ = Clock::now();
    Viewer viewer_;
    double first_frame_ = 0;
};

} // namespace qio::bench
