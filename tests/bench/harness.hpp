// Measuring in interleaved rounds, and tables of the medians.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/base/unique-fd.hpp"

namespace qio::bench {

/// What the command line asks for: `--quick` (few rounds, little work) and `--json` (one
/// object per line instead of tables).
struct Options {
    bool quick = false;
    bool json = false;

    int rounds() const { return quick ? 3 : 31; }
    /// `full` amount of work, or less of it when a run has to be quick.
    std::size_t amount(std::size_t full) const { return quick ? (full + 15) / 16 : full; }
};

/// Ends the program with a message if it does not know an argument. Pins the calling
/// thread as the measured one.
Options parse_options(int argc, char** argv);

/// Ends the program with a message; for what a benchmark cannot go on without.
[[noreturn]] void give_up(const std::string& why);

/// The value of a Result, or the end of the program.
template <class T>
auto must(T result) {
    if (!result)
        give_up(result.error().message);
    return *std::move(result);
}

/// The one in the middle; of two there, the larger. Requires: there are values.
double median_of(std::vector<double> values);

/// Keeps the calling thread on one processor: what is measured on the first, and its
/// peers on the last one; or lets it run anywhere again.
enum class Place : std::uint8_t { measured, peer, anywhere };
void pin_thread(Place place);

/// CPU time, user's and system's, and instructions in user mode, of one piece of work.
struct Cost {
    double nanoseconds = 0;
    std::optional<double> instructions; ///< where the machine can count them
};

/// Measures the calling thread; other threads' work is not counted.
class ThreadMeter {
public:
    ThreadMeter();
    Cost measure(const std::function<void()>& work) const;
    /// Measures by `clock` instead, which tells nanoseconds of CPU time so far.
    static Cost measure(const std::function<void()>& work,
                        const std::function<double()>& clock);

private:
    UniqueFd counter_;
};

/// One of several ways to do the same.
struct Variant {
    std::function<void()> round; ///< does `units` of work
    double units = 1;
    /// CPU time so far of another process that is measured; empty: the calling thread is.
    std::function<double()> clock{};
};

/// The costs of variants, measured in turn so that a slow moment meets all of them.
class Comparison {
public:
    /// Runs each variant once unmeasured, then all of them in turn, `rounds` times.
    Comparison(const std::vector<Variant>& variants, int rounds);

    /// Per unit: the median of the rounds.
    Cost median(std::size_t variant) const;
    /// How many times the cost of `other` that of `variant` is: the median of the ratios
    /// within each round.
    double ratio(std::size_t variant, std::size_t other) const;

private:
    std::vector<std::vector<Cost>> costs_; // [variant][round]
};

/// One line of a table.
struct Row {
    std::string what;
    double ours = 0;
    std::string peer; ///< what it is compared with; empty = with nothing
    double theirs = 0;
    double ratio = 0;
    std::optional<double> goal{};         ///< the ratio not to exceed
    std::optional<double> limit{};        ///< what `ours` is not to exceed
    std::optional<double> instructions{}; ///< ours
};

/// The row that sets one variant against another.
Row row_of(std::string what, const Comparison& comparison, std::size_t ours,
           std::string peer, std::size_t theirs, std::optional<double> goal = {});

/// Prints rows as they come, for people or for programs.
class Table {
public:
    Table(const Options& options, std::string title, std::string unit);
    void add(const Row& row) const;
    /// Says that there is nothing to compare with.
    void add_missing(const std::string& what, const std::string& peer) const;

private:
    void add_json(const Row& row) const;
    void add_verdict(double value, double goal) const;

    Options options_;
    std::string title_;
    std::string unit_;
};

} // namespace qio::bench
