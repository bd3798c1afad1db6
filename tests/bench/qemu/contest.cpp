// A machine with QEMU's own server and one with qio-vnc, measured in turn.
#include "tests/bench/qemu/contest.hpp"

#include <cstdlib>

namespace qio::bench {

namespace {

double median_of(const std::vector<Show>& shows, double Show::* figure) {
    std::vector<double> values;
    for (const auto& show : shows)
        values.push_back(show.*figure);
    return bench::median_of(std::move(values));
}

Show median_of(const std::vector<Show>& shows) {
    return {median_of(shows, &Show::updates), median_of(shows, &Show::cpu),
            median_of(shows, &Show::beside), median_of(shows, &Show::bytes)};
}

/// What stands behind the name in a line of novnc-keys.mjs.
std::optional<double> figure_in(const std::string& line, const std::string& name) {
    if (!line.starts_with(name + " "))
        return {};
    return std::atof(line.c_str() + name.size());
}

} // namespace

Contest::Contest(const Options& options) : options_(options) {
    for (auto* const machine : {&built_in_, &qio_vnc_})
        machine->guest().obey(Guest::Command::one_gradient);
}

Pair Contest::medians(int rounds, const std::function<double(Machine&)>& measure) {
    std::vector<double> theirs, ours;
    for (int round = 0; round < rounds; ++round) {
        theirs.push_back(measure(built_in_));
        ours.push_back(measure(qio_vnc_));
    }
    return {bench::median_of(std::move(theirs)), bench::median_of(std::move(ours))};
}

ShowPair Contest::play(const Service& service, Guest::Command animation) {
    const int milliseconds = options_.quick ? 300 : 800;
    std::vector<Show> theirs, ours;
    std::vector<double> ratios;
    for (int round = 0; round < (options_.quick ? 1 : 5); ++round) {
        theirs.push_back(bench::play(built_in_, service, animation, milliseconds));
        ours.push_back(bench::play(qio_vnc_, service, animation, milliseconds));
        ratios.push_back(ours.back().cpu / theirs.back().cpu);
    }
    return {median_of(theirs), median_of(ours), bench::median_of(std::move(ratios))};
}

Pair Contest::latency(const Service& service, const Change& change) {
    const int count = options_.quick ? 3 : 10;
    return medians(1, [&](Machine& machine) {
        return bench::median_of(measure_changes(machine, service, change, count));
    });
}

Pair Contest::first_frame(const Service& service) {
    for (auto* const machine : {&built_in_, &qio_vnc_})
        machine->guest().obey(Guest::Command::one_gradient);
    return medians(options_.quick ? 1 : 5, [&](Machine& machine) {
        return measure_first_frame(machine, service);
    });
}

Rest Contest::rest(const Service& service) {
    const int seconds = options_.quick ? 1 : 10;
    std::vector<double> their_cpu, our_cpu, beside, their_change, our_change;
    for (int round = 0; round < (options_.quick ? 1 : 3); ++round) {
        Seat theirs(built_in_, service.wire, service.wish);
        Seat ours(qio_vnc_, service.wire, service.wish);
        const double before[] = {built_in_.cpu(), qio_vnc_.cpu(), qio_vnc_.cpu_beside()};
        ours.watch(seconds * 1000);
        their_cpu.push_back((built_in_.cpu() - before[0]) / seconds);
        our_cpu.push_back((qio_vnc_.cpu() - before[1]) / seconds);
        beside.push_back((qio_vnc_.cpu_beside() - before[2]) / seconds);
        our_change.push_back(measure_change(qio_vnc_, ours, small_change));
        their_change.push_back(measure_change(built_in_, theirs, small_change));
    }
    return {.cpu = {bench::median_of(std::move(their_cpu)),
                    bench::median_of(std::move(our_cpu))},
            .cpu_beside = bench::median_of(std::move(beside)),
            .change = {bench::median_of(std::move(their_change)),
                       bench::median_of(std::move(our_change))}};
}

Pair Contest::growth(const Service& service) {
    const int milliseconds = options_.quick ? 500 : 5000;
    return medians(1, [&](Machine& machine) {
        return measure_growth(machine, service, milliseconds) / 1e6;
    });
}

std::optional<Pair> Contest::keys() {
    if (!is_installed("node") || !is_installed("chromium"))
        return {};
    const std::string theirs = "built-in", ours = "qio-vnc";
    const auto argument = [](const std::string& name, const Machine& machine) {
        return name + "=" + std::to_string(machine.port(Wire::websocket));
    };
    Program browser({"node", QIO_BENCH_KEYS, options_.quick ? "3" : "20",
                     argument(theirs, built_in_), argument(ours, qio_vnc_)});
    std::vector<double> their_times, our_times;
    for (auto line = browser.line(); !line.empty(); line = browser.line()) {
        if (const auto time = figure_in(line, theirs))
            their_times.push_back(*time);
        if (const auto time = figure_in(line, ours))
            our_times.push_back(*time);
    }
    if (their_times.empty() || our_times.empty())
        return {};
    return Pair{bench::median_of(std::move(their_times)),
                bench::median_of(std::move(our_times))};
}

} // namespace qio::bench
