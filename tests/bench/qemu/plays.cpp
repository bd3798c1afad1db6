// What it takes to bring the guest's screen to a viewer.
#include "tests/bench/qemu/plays.hpp"

#include <algorithm>
#include <thread>

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

constexpr int rest = 150; // milliseconds; what was sent with a loss is taken back
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
    seat.watch(milliseconds / 2);
    const double before = machine.cpu(), before_beside = machine.cpu_beside();
    const auto flow = seat.watch(milliseconds);
    const double cpu = machine.cpu() - before;
    const double beside = machine.cpu_beside() - before_beside;
    machine.guest().obey(Guest::Command::still);
    const double updates = std::max(flow.updates, 1.0);
    return {.updates = flow.rate,
            .cpu = cpu / updates,
            .beside = beside / updates,
            .bytes = flow.bytes / updates};
}

double measure_change(Machine& machine, Seat& seat, const Change& change) {
    machine.guest().obey(change.command);
    const auto start = Clock::now();
    const auto end = seat.wait_for(change.area);
    if (!end)
        give_up("a change is not shown");
    return Milliseconds(*end - start).count();
}

std::vector<double> measure_changes(Machine& machine, const Service& service,
                                    const Change& change, int count) {
    Seat seat(machine, service.wire, service.wish);
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
        seat.watch(rest + i % rest_steps * rest_step);
        times.push_back(measure_change(machine, seat, change));
    }
    return times;
}

double measure_first_frame(Machine& machine, const Service& service) {
    return Seat(machine, service.wire, service.wish).first_frame();
}

double measure_growth(Machine& machine, const Service& service, int milliseconds) {
    Seat seat(machine, service.wire, service.wish);
    machine.guest().obey(Guest::Command::noise);
    seat.watch(milliseconds / 10);
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
