// What it takes to bring the guest's screen to a viewer.
#include "tests/bench/qemu/plays.hpp"

#include <algorithm>
#include <thread>

#include "tests/bench/harness.hpp"
#include "tests/bench/qemu/seat.hpp"

namespace qio::bench {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int warm_up = 500; // milliseconds
constexpr int rest = 150;    // milliseconds; what was sent with a loss is taken back
// A display that looks every 30 ms meets the changes at all its moments.
constexpr int rest_step = 7, rest_steps = 5;

/// Of a viewer that asks and does not read.
constexpr std::chrono::milliseconds question_interval{20};

} // namespace

std::string Service::name() const {
    return std::string(wish.name) + (wire == Wire::websocket ? ", WebSocket" : "");
}

Show play(Machine& machine, const Service& service, Guest::Command animation,
          int milliseconds) {
    Seat seat(machine, service.wire, service.wish);
    machine.guest().obey(animation);
    seat.watch(warm_up);
    const double before = machine.cpu();
    const auto flow = seat.watch(milliseconds);
    const double cpu = machine.cpu() - before;
    machine.guest().obey(Guest::Command::still);
    const double updates = std::max(flow.updates, 1.0);
    return {.updates = flow.updates / flow.milliseconds * 1e3,
            .cpu = cpu / updates,
            .bytes = flow.bytes / updates};
}

std::vector<double> measure_latency(Machine& machine, const Service& service,
                                    const Changes& changes) {
    Seat seat(machine, service.wire, service.wish);
    std::vector<double> latencies;
    for (int i = 0; i < changes.count; ++i) {
        seat.watch(rest + i % rest_steps * rest_step);
        machine.guest().obey(changes.command);
        const auto start = Clock::now();
        const auto end = seat.wait_for(changes.area);
        if (!end)
            give_up("a change is not shown");
        latencies.push_back(std::max(Milliseconds(*end - start).count(), 0.0));
    }
    return latencies;
}

double measure_first_frame(Machine& machine, const Service& service) {
    return Seat(machine, service.wire, service.wish).first_frame();
}

double measure_growth(Machine& machine, const Service& service, int milliseconds) {
    Seat seat(machine, service.wire, service.wish);
    machine.guest().obey(Guest::Command::noise);
    seat.watch(warm_up);
    const double before = machine.memory();
    double most = before;
    const auto deadline = deadline_after(std::chrono::milliseconds(milliseconds));
    while (milliseconds_left(deadline) > 0) {
        seat.ask();
        std::this_thread::sleep_for(question_interval);
        most = std::max(most, machine.memory());
    }
    machine.guest().obey(Guest::Command::still);
    return most - before;
}

} // namespace qio::bench
