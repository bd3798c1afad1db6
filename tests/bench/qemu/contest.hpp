// A machine with QEMU's own server and one with qio-vnc, measured in turn.
#pragma once

#include <functional>
#include <optional>

#include "tests/bench/harness.hpp"
#include "tests/bench/qemu/plays.hpp"

namespace qio::bench {

/// The medians of the rounds.
struct Pair {
    double built_in = 0;
    double qio_vnc = 0;
};

struct ShowPair {
    Show built_in;
    Show qio_vnc;
    double cpu_ratio = 0; ///< the median of those within each round
};

/// After both have rested. Units: milliseconds, of CPU in each second of rest.
struct Rest {
    Pair cpu;              ///< of all programs
    double cpu_beside = 0; ///< of qio-vnc
    Pair change;           ///< from a small change to its last byte
};

class Contest {
public:
    /// Both machines run until it goes, with a gradient on their screens; only one of
    /// them draws at any time.
    explicit Contest(const Options& options);

    ShowPair play(const Service& service, Guest::Command animation);
    /// From a change to its last byte.
    Pair latency(const Service& service, const Change& change);
    Pair first_frame(const Service& service);
    Rest rest(const Service& service);
    Pair growth(const Service& service);
    /// From a key to its pixel in noVNC; empty if there is no browser.
    std::optional<Pair> keys();

private:
    Pair medians(int rounds, const std::function<double(Machine&)>& measure);

    const Options options_;
    Machine built_in_{Front::built_in};
    Machine qio_vnc_{Front::qio_vnc};
};

} // namespace qio::bench
