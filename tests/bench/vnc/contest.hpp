// Servers that play the same screen in turn, and what it cost each of them.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/session.hpp"

namespace qio::bench {

/// One of those that compete.
struct Entrant {
    ServerName server;
    Wish wish;
    std::size_t viewers = 1;
};

/// A number of a Play.
using Figure = double Play::*;

/// Plays some frames to each entrant, then the next ones, and so on: a slow moment meets
/// all of them. Who was not there when this was built is left out.
class Contest {
public:
    struct Plan {
        const SceneKind& scene;
        Size size;
        int rounds;
        int frames; ///< in each round
    };
    Contest(std::vector<Entrant> entrants, const Plan& plan);

    std::size_t count() const { return entrants_.size(); }
    const Entrant& entrant(std::size_t index) const { return entrants_[index]; }
    const char* name(std::size_t index) const;
    /// Where the server is; none if it was left out.
    std::optional<std::size_t> find(ServerName server) const;
    /// The median of the rounds.
    double median(std::size_t index, Figure figure) const;
    /// How many times the figure of `other` that of `index` is: the median of the ratios
    /// within each round.
    double ratio(std::size_t index, std::size_t other, Figure figure) const;
    /// The peer with the lowest figure; none without peers.
    std::optional<std::size_t> best_peer(Figure figure) const;

    /// A row that sets one against another.
    Row row(std::string what, std::size_t index, std::size_t other, Figure figure,
            std::optional<double> goal = {}) const;

private:
    std::vector<Entrant> entrants_;
    std::vector<std::vector<Play>> plays_; // [entrant][round]
};

} // namespace qio::bench
