// Measuring in interleaved rounds, and tables of the medians.
#include "tests/bench/harness.hpp"

#include <linux/perf_event.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace qio::bench {

namespace {

double thread_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

/// A counter of the calling thread's instructions in user mode; none where the machine or
/// its settings do not allow one.
UniqueFd open_instruction_counter() {
    perf_event_attr attributes{};
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.size = sizeof attributes;
    attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    return UniqueFd(int(syscall(SYS_perf_event_open, &attributes, 0, -1, -1,
                                unsigned(PERF_FLAG_FD_CLOEXEC))));
}

std::string optional_number(std::optional<double> value) {
    char text[32] = "null";
    if (value)
        std::snprintf(text, sizeof text, "%.6g", *value);
    return text;
}

} // namespace

double median_of(std::vector<double> values) {
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

Options parse_options(int argc, char** argv) {
    pin_thread(Place::measured);
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--quick")
            options.quick = true;
        else if (argument == "--json")
            options.json = true;
        else
            give_up("unknown argument '" + std::string(argument) +
                    "'; there are --quick and --json");
    }
    return options;
}

void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

void pin_thread(Place place) {
    static const cpu_set_t allowed = [] {
        cpu_set_t set;
        sched_getaffinity(0, sizeof set, &set);
        return set;
    }();
    int chosen = -1;
    for (int i = 0; i < CPU_SETSIZE; ++i)
        if (CPU_ISSET(i, &allowed) && (chosen < 0 || place == Place::peer))
            chosen = i;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(chosen, &one);
    const auto& set = place == Place::anywhere ? allowed : one;
    sched_setaffinity(0, sizeof set, &set);
}

ThreadMeter::ThreadMeter() : counter_(open_instruction_counter()) {}

Cost ThreadMeter::measure(const std::function<void()>& work) const {
    if (counter_)
        ioctl(counter_.get(), PERF_EVENT_IOC_RESET, 0);
    const double start = thread_nanoseconds();
    work();
    Cost cost;
    cost.nanoseconds = thread_nanoseconds() - start;
    std::uint64_t count = 0;
    if (counter_ && ::read(counter_.get(), &count, sizeof count) == sizeof count)
        cost.instructions = double(count);
    return cost;
}

Cost ThreadMeter::measure(const std::function<void()>& work,
                          const std::function<double()>& clock) {
    const double start = clock();
    work();
    return {clock() - start, std::nullopt};
}

Comparison::Comparison(const std::vector<Variant>& variants, int rounds)
    : costs_(variants.size()) {
    const ThreadMeter meter;
    for (auto& variant : variants)
        variant.round();
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < variants.size(); ++i) {
            const auto& variant = variants[i];
            auto cost = variant.clock ? meter.measure(variant.round, variant.clock)
                                      : meter.measure(variant.round);
            cost.nanoseconds /= variants[i].units;
            if (cost.instructions)
                *cost.instructions /= variants[i].units;
            costs_[i].push_back(cost);
        }
}

Cost Comparison::median(std::size_t variant) const {
    std::vector<double> times, instructions;
    for (auto& cost : costs_[variant]) {
        times.push_back(cost.nanoseconds);
        if (cost.instructions)
            instructions.push_back(*cost.instructions);
    }
    Cost middle{median_of(times), std::nullopt};
    if (!instructions.empty())
        middle.instructions = median_of(instructions);
    return middle;
}

double Comparison::ratio(std::size_t variant, std::size_t other) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < costs_[variant].size(); ++i)
        ratios.push_back(costs_[variant][i].nanoseconds / costs_[other][i].nanoseconds);
    return median_of(ratios);
}

Row row_of(std::string what, const Comparison& comparison, std::size_t ours,
           std::string peer, std::size_t theirs, std::optional<double> goal) {
    const Cost own = comparison.median(ours);
    return {.what = std::move(what),
            .ours = own.nanoseconds,
            .peer = std::move(peer),
            .theirs = comparison.median(theirs).nanoseconds,
            .ratio = comparison.ratio(ours, theirs),
            .goal = goal,
            .instructions = own.instructions};
}

Table::Table(const Options& options, std::string title, std::string unit)
    : options_(options), title_(std::move(title)), unit_(std::move(unit)) {
    if (options_.json)
        return;
    std::printf("\n%s (%s)\n", title_.c_str(), unit_.c_str());
    std::printf("  %-34s %10s %10s  %-22s %7s  %s\n", "what", "ours", "theirs", "against",
                "ratio", "goal");
}

void Table::add(const Row& row) const {
    if (options_.json)
        return add_json(row);
    std::printf("  %-34s %10.4g", row.what.c_str(), row.ours);
    if (!row.peer.empty())
        std::printf(" %10.4g  %-22s %7.3g", row.theirs, row.peer.c_str(), row.ratio);
    if (row.goal)
        add_verdict(row.ratio, *row.goal);
    if (row.limit)
        add_verdict(row.ours, *row.limit);
    if (row.instructions)
        std::printf("  [%.4g instructions]", *row.instructions);
    std::printf("\n");
    std::fflush(stdout);
}

void Table::add_verdict(double value, double goal) const {
    std::printf("  <= %.4g", goal);
    // A quick run is too short to judge by.
    if (!options_.quick)
        std::printf(" %s", value <= goal ? "met" : "MISSED");
}

void Table::add_missing(const std::string& what, const std::string& peer) const {
    if (!options_.json)
        std::printf("  %-34s %10s %10s  %-22s\n", what.c_str(), "", "not installed",
                    peer.c_str());
}

void Table::add_json(const Row& row) const {
    const auto if_compared = [&](double value) {
        return optional_number(row.peer.empty() ? std::nullopt : std::optional(value));
    };
    std::printf(R"({"table": "%s", "unit": "%s", "what": "%s", "ours": %.6g, )"
                R"("against": "%s", "theirs": %s, "ratio": %s, "goal": %s, )"
                R"("limit": %s, "instructions": %s})"
                "\n",
                title_.c_str(), unit_.c_str(), row.what.c_str(), row.ours,
                row.peer.c_str(), if_compared(row.theirs).c_str(),
                if_compared(row.ratio).c_str(), optional_number(row.goal).c_str(),
                optional_number(row.limit).c_str(),
                optional_number(row.instructions).c_str());
    std::fflush(stdout);
}

} // namespace qio::bench
