// What the VNC server takes to bring screens to clients, against other libraries.
#include <array>
#include <cstdio>
#include <string>

#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/contest.hpp"

namespace qio::bench {

namespace {

constexpr Size usual_size{1280, 800};
constexpr Size large_size{3840, 2160};
constexpr int frames = 6; // in a round; mixed shows three things in turn

/// What the server's CPU per frame may be of libvncserver's, in the order of wishes().
constexpr std::array cpu_goals = {0.45, 0.5, 0.22, 0.27, 0.35, 2.0 / 3};
constexpr double bytes_goal = 1.1; // of the best peer's
constexpr double viewers_goal = 3; // of the CPU for one
constexpr double threads_goal = 1 / 1.8;
constexpr double latency_limit = 2; // milliseconds

int rounds(const Options& options, int full) {
    return options.quick ? 2 : full;
}

std::vector<Entrant> everybody(const Wish& wish) {
    return {{ServerName::ours, wish},
            {ServerName::libvncserver, wish},
            {ServerName::neatvnc, wish},
            {ServerName::xvnc, wish}};
}

const Wish& wish_named(const std::string& name) {
    for (auto& wish : wishes())
        if (name == wish.name)
            return wish;
    give_up("no such encoding: " + name);
}

// ---- all figures of each server

void print_head(const Options& options, const SceneKind& scene, Size size) {
    if (options.json)
        return;
    std::printf("\nVNC, %s, %d x %d\n", scene.name, size.width, size.height);
    std::printf("  %-8s %-14s %9s %9s %9s %10s %9s\n", "encoding", "server", "CPU ms",
                "KB", "frames/s", "latency ms", "CPU ratio");
}

void print_json(const Contest& contest, std::size_t index, const Contest::Plan& plan,
                double ratio) {
    std::printf(R"({"table": "VNC, %s, %d x %d", "encoding": "%s", "server": "%s", )"
                R"("cpu_ms": %.6g, "bytes": %.6g, "frames_per_second": %.6g, )"
                R"("latency_ms": %.6g, "cpu_ratio": %s})"
                "\n",
                plan.scene.name, plan.size.width, plan.size.height,
                contest.entrant(index).wish.name, contest.name(index),
                contest.median(index, &Play::cpu), contest.median(index, &Play::bytes),
                1e3 / contest.median(index, &Play::wall),
                contest.median(index, &Play::latency),
                ratio > 0 ? std::to_string(ratio).c_str() : "null");
}

void print_line(const Contest& contest, std::size_t index, double ratio) {
    std::printf("  %-8s %-14s %9.3f %9.1f %9.1f %10.3f", contest.entrant(index).wish.name,
                contest.name(index), contest.median(index, &Play::cpu),
                contest.median(index, &Play::bytes) / 1e3,
                1e3 / contest.median(index, &Play::wall),
                contest.median(index, &Play::latency));
    if (ratio > 0)
        std::printf(" %9.3g", ratio);
    std::printf("\n");
}

/// The ratio is to libvncserver's CPU.
void print_figures(const Options& options, const Contest& contest,
                   const Contest::Plan& plan) {
    const auto reference = contest.find(ServerName::libvncserver);
    for (std::size_t i = 0; i < contest.count(); ++i) {
        const double ratio = reference ? contest.ratio(i, *reference, &Play::cpu) : 0;
        if (options.json)
            print_json(contest, i, plan, ratio);
        else
            print_line(contest, i, ratio);
    }
    std::fflush(stdout);
}

std::vector<Contest> play_scene(const Options& options, const Contest::Plan& plan) {
    print_head(options, plan.scene, plan.size);
    std::vector<Contest> contests;
    for (const auto& wish : wishes()) {
        contests.emplace_back(everybody(wish), plan);
        print_figures(options, contests.back(), plan);
    }
    return contests;
}

// ---- goals

void judge(const Options& options, const std::vector<Contest>& mixed) {
    const Table cpu(options, "VNC, mixed, server CPU", "ms per frame");
    for (std::size_t i = 0; i < cpu_goals.size(); ++i)
        if (const auto peer = mixed[i].find(ServerName::libvncserver))
            cpu.add(mixed[i].row(wishes()[i].name, 0, *peer, &Play::cpu, cpu_goals[i]));
        else
            cpu.add_missing(wishes()[i].name, "libvncserver");
    const Table bytes(options, "VNC, mixed, on the wire", "bytes per frame");
    for (std::size_t i = 0; i < cpu_goals.size(); ++i)
        if (const auto peer = mixed[i].best_peer(&Play::bytes))
            bytes.add(mixed[i].row(wishes()[i].name, 0, *peer, &Play::bytes, bytes_goal));
}

void measure_latency(const Options& options) {
    const Table table(options, "VNC, a small change on an idle screen",
                      "ms from damage to the last byte");
    for (const char* name : {"raw", "zrle", "tight"}) {
        const Contest contest(
            everybody(wish_named(name)),
            {scene_named("idle"), usual_size, rounds(options, 15), frames * 4});
        for (std::size_t i = 1; i < contest.count(); ++i)
            table.add(contest.row(name, 0, i, &Play::latency));
        Row row;
        row.what = name;
        row.ours = contest.median(0, &Play::latency);
        row.limit = latency_limit;
        table.add(row);
    }
}

void measure_viewers(const Options& options) {
    const Table table(options, "VNC, mixed, eight viewers", "ms of CPU per frame");
    for (const char* name : {"raw", "zrle", "tight", "jpeg"}) {
        const auto& wish = wish_named(name);
        const Contest contest(
            {{ServerName::ours, wish, 8}, {ServerName::ours, wish, 1}},
            {scene_named("mixed"), usual_size, rounds(options, 11), frames});
        auto row = contest.row(name, 0, 1, &Play::cpu, viewers_goal);
        row.peer = "one viewer";
        table.add(row);
    }
}

void measure_threads(const Options& options) {
    const Table table(options, "VNC, game, two threads that encode",
                      "ms from damage to damage");
    for (const char* name : {"zrle", "tight", "jpeg"}) {
        const auto& wish = wish_named(name);
        const Contest contest(
            {{ServerName::two_threads, wish}, {ServerName::one_thread, wish}},
            {scene_named("game"), usual_size, rounds(options, 15), frames});
        table.add(contest.row(name, 0, 1, &Play::wall, threads_goal));
    }
}

void tell_what_is_missing() {
    for (const auto server :
         {ServerName::libvncserver, ServerName::neatvnc, ServerName::xvnc})
        if (const auto& kind = server_kind(server); !kind.is_there())
            std::fprintf(stderr, "skipped: %s was not there when this was built\n",
                         kind.name);
}

void run(const Options& options) {
    tell_what_is_missing();
    pin_thread(Place::anywhere); // servers inherit it, and have threads
    const auto& mixed = scene_named("mixed");
    judge(options, play_scene(options, {mixed, usual_size, rounds(options, 15), frames}));
    measure_latency(options);
    measure_viewers(options);
    measure_threads(options);
    for (const auto& scene : scenes())
        if (&scene != &mixed)
            play_scene(options, {scene, usual_size, rounds(options, 7), frames});
    if (!options.quick)
        play_scene(options, {mixed, large_size, 3, frames / 2});
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
