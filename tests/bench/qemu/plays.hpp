// What it takes to bring the guest's screen to a viewer.
#pragma once

#include <vector>

#include "tests/bench/qemu/machine.hpp"
#include "tests/bench/vnc/viewer.hpp"

namespace qio::bench {

/// How a viewer is served.
struct Service {
    Wish wish;
    Wire wire = Wire::tcp;

    std::string name() const;
};

/// The figures of an animation. Units: milliseconds of CPU, bytes, both per update.
struct Show {
    double updates = 0; ///< in a second
    double cpu = 0;
    double bytes = 0;
};

/// The animation runs a while before it is measured.
Show play(Machine& machine, const Service& service, Guest::Command animation,
          int milliseconds);

/// Changes, each some time after the one before, and what is to be seen of each.
struct Changes {
    Guest::Command command;
    ui::Rect area;
    int count;
};

/// From each change to the last byte of it. Units: milliseconds.
std::vector<double> measure_latency(Machine& machine, const Service& service,
                                    const Changes& changes);

/// From the connection to the last byte of the whole screen. Units: milliseconds.
double measure_first_frame(Machine& machine, const Service& service);

/// What a viewer that asks and does not read adds to the memory of all programs, while
/// noise is shown. Units: bytes.
double measure_growth(Machine& machine, const Service& service, int milliseconds);

/// The square that Guest::Command::change changes.
inline constexpr ui::Rect changed_square{600, 400, 16, 16};
inline constexpr ui::Rect whole_screen{0, 0, guest_width, guest_height};

} // namespace qio::bench
