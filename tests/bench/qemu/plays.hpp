// What it takes to bring the guest's screen to a viewer.
#pragma once

#include <vector>

#include "tests/bench/qemu/seat.hpp"

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
    double cpu = 0;     ///< of all programs
    double beside = 0;  ///< of those beside QEMU
    double bytes = 0;
};

/// The animation runs half as long before it is measured.
Show play(Machine& machine, const Service& service, Guest::Command animation,
          int milliseconds);

/// What the guest is to do once, and where it is seen.
struct Change {
    Guest::Command command;
    ui::Rect area;
};
inline constexpr Change small_change{Guest::Command::change, changed_square};

/// From the guest's answer to the last byte of it. Units: milliseconds.
double measure_change(Machine& machine, Seat& seat, const Change& change);

/// The same, of each of several, some time after the one before.
std::vector<double> measure_changes(Machine& machine, const Service& service,
                                    const Change& change, int count);

/// From the connection to the last byte of the whole screen. Units: milliseconds.
double measure_first_frame(Machine& machine, const Service& service);

/// What a viewer that asks and does not read adds to the memory of all programs, while
/// noise is shown. Units: bytes.
double measure_growth(Machine& machine, const Service& service, int milliseconds);

} // namespace qio::bench
