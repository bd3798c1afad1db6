// What it takes to show a machine of QEMU: qio-vnc on D-Bus, against QEMU's own server.
#include <array>
#include <cstdio>
#include <string>

#include "tests/bench/harness.hpp"
#include "tests/bench/qemu/contest.hpp"

namespace qio::bench {

namespace {

using Command = Guest::Command;

constexpr double updates_goal = 31; // in a second: what QEMU sends on D-Bus at the least
constexpr double compressed_goal = 1.0 / 3;    // of the built-in server's CPU
constexpr double raw_websocket_goal = 1.0 / 5; // of it
constexpr double change_limit = 50;            // milliseconds, after a rest
constexpr double first_frame_limit = 100;      // milliseconds
constexpr double idle_limit = 1; // milliseconds of CPU in a second: next to nothing
/// Megabytes: one frame may be on its way.
constexpr double growth_limit = guest_width * guest_height * 4 / 1e6;

struct Animation {
    const char* name;
    Command command;
};
constexpr Animation animations[] = {{"small moving box", Command::box},
                                    {"full-screen gradient", Command::gradient},
                                    {"full-screen noise", Command::noise}};

const Wish& wish_named(const std::string& name) {
    for (const auto& wish : wishes())
        if (name == wish.name)
            return wish;
    give_up("no such encoding: " + name);
}

std::vector<Service> services(const Options& options) {
    if (options.quick)
        return {{wish_named("raw"), Wire::websocket}, {wish_named("zrle"), Wire::tcp}};
    return {{wish_named("raw"), Wire::tcp},    {wish_named("raw"), Wire::websocket},
            {wish_named("zrle"), Wire::tcp},   {wish_named("tight"), Wire::tcp},
            {wish_named("jpeg 6"), Wire::tcp}, {wish_named("jpeg 6"), Wire::websocket}};
}

std::optional<double> cpu_goal(const Service& service) {
    if (service.wish.encoding != vnc::Encoding::Raw)
        return compressed_goal;
    if (service.wire == Wire::websocket)
        return raw_websocket_goal;
    return {};
}

// ---- animations

void print_head(const Options& options, const Animation& animation) {
    if (options.json)
        return;
    std::printf("\nQEMU, %s, %d x %d\n", animation.name, guest_width, guest_height);
    std::printf("  %-18s %-30s  %-44s  %s\n", "", "updates in a second",
                "ms of CPU for each, without virtual CPUs", "KB for each");
    std::printf("  %-18s %8s %8s %12s  %8s %8s %9s %6s %13s  %8s %8s\n", "encoding",
                "built-in", "ours", "goal", "built-in", "ours", "(beside)", "ratio",
                "goal", "built-in", "ours");
}

/// A quick run is too short to judge by.
const char* verdict(const Options& options, bool met) {
    return options.quick ? "" : met ? " met" : " MISSED";
}

void print_show(const Options& options, const Service& service, const ShowPair& pair) {
    char cpu_verdict[32] = "";
    if (const auto goal = cpu_goal(service))
        std::snprintf(cpu_verdict, sizeof cpu_verdict, "<= %.2g%s", *goal,
                      verdict(options, pair.cpu_ratio <= *goal));
    char updates_verdict[32];
    std::snprintf(updates_verdict, sizeof updates_verdict, ">= %g%s", updates_goal,
                  verdict(options, pair.qio_vnc.updates >= updates_goal));
    std::printf("  %-18s %8.1f %8.1f %12s  %8.2f %8.2f %9.2f %6.2f %13s  %8.1f %8.1f\n",
                service.name().c_str(), pair.built_in.updates, pair.qio_vnc.updates,
                updates_verdict, pair.built_in.cpu, pair.qio_vnc.cpu, pair.qio_vnc.beside,
                pair.cpu_ratio, cpu_verdict, pair.built_in.bytes / 1e3,
                pair.qio_vnc.bytes / 1e3);
}

void print_json(const Animation& animation, const Service& service,
                const ShowPair& pair) {
    const auto goal = cpu_goal(service);
    std::printf(
        R"({"table": "QEMU, %s", "encoding": "%s", "updates": [%.6g, %.6g], )"
        R"("cpu_ms": [%.6g, %.6g], "cpu_ms_beside_qemu": %.6g, "cpu_ratio": %.6g, "cpu_goal": %s, )"
        R"("bytes": [%.6g, %.6g]})"
        "\n",
        animation.name, service.name().c_str(), pair.built_in.updates,
        pair.qio_vnc.updates, pair.built_in.cpu, pair.qio_vnc.cpu, pair.qio_vnc.beside,
        pair.cpu_ratio, goal ? std::to_string(*goal).c_str() : "null",
        pair.built_in.bytes, pair.qio_vnc.bytes);
}

void show_animations(const Options& options, Contest& contest) {
    for (const auto& animation : animations) {
        print_head(options, animation);
        for (const auto& service : services(options)) {
            const auto pair = contest.play(service, animation.command);
            if (options.json)
                print_json(animation, service, pair);
            else
                print_show(options, service, pair);
            std::fflush(stdout);
        }
    }
}

// ---- how soon

Row row_of(std::string what, const Pair& pair, std::optional<double> limit = {}) {
    return {.what = std::move(what),
            .ours = pair.qio_vnc,
            .peer = "built-in",
            .theirs = pair.built_in,
            .ratio = pair.qio_vnc / pair.built_in,
            .limit = limit};
}

void show_latencies(const Options& options, Contest& contest) {
    const Table table(options, "QEMU, a single change",
                      "ms from the guest's last write to the last byte");
    const std::pair<const char*, Change> all[] = {
        {"small", small_change},
        {"gradient", {Command::one_gradient, whole_screen}},
        {"noise", {Command::one_noise, whole_screen}}};
    for (const auto& [name, change] : all)
        for (const auto& service : services(options))
            table.add(row_of(std::string(name) + ", " + service.name(),
                             contest.latency(service, change)));
}

void show_first_frames(const Options& options, Contest& contest) {
    const Table table(options, "QEMU, the first frame of a gradient",
                      "ms from the connection to the last byte");
    for (const auto& service : services(options))
        table.add(
            row_of(service.name(), contest.first_frame(service), first_frame_limit));
}

void show_keys(const Options& options, Contest& contest) {
    const auto pair = contest.keys();
    if (!pair) {
        std::fprintf(stderr, "skipped: keys through noVNC, which take node, chromium and "
                             "the packages of tests/interop\n");
        return;
    }
    const Table table(options, "QEMU, a key through noVNC",
                      "ms until the canvas shows what it did");
    table.add(row_of("key to pixel", *pair));
}

// ---- rest

void show_rest(const Options& options, Contest& contest) {
    const auto rest = contest.rest({wish_named("tight"), Wire::tcp});
    const Table idle(options, "QEMU, a viewer and nothing that changes",
                     "ms of CPU in a second");
    Row alone;
    alone.what = "qio-vnc alone";
    alone.ours = rest.cpu_beside;
    alone.limit = idle_limit;
    idle.add(alone);
    idle.add(row_of("with QEMU", rest.cpu));
    const Table change(options, "QEMU, a small change after ten seconds of rest",
                       "ms from the guest's write to the last byte");
    change.add(row_of("tight", rest.change, change_limit));
}

void show_growth(const Options& options, Contest& contest) {
    const Table table(options, "QEMU, noise for a viewer that stops reading",
                      "MB of memory more, of all programs");
    table.add(
        row_of("raw", contest.growth({wish_named("raw"), Wire::tcp}), growth_limit));
}

/// What is missing, if anything.
const char* find_missing() {
    if (std::string(QIO_BENCH_GUEST).empty())
        return "nasm, which was not there when this was built";
    for (const char* program : {"qemu-system-x86_64", "dbus-daemon"})
        if (!is_installed(program))
            return program;
    return nullptr;
}

void run(const Options& options) {
    if (const char* const missing = find_missing()) {
        std::fprintf(stderr, "skipped: machines of QEMU, which take %s\n", missing);
        return;
    }
    pin_thread(Place::anywhere); // what is started inherits it
    Contest contest(options);
    show_animations(options, contest);
    show_latencies(options, contest);
    show_first_frames(options, contest);
    show_rest(options, contest);
    show_growth(options, contest);
    show_keys(options, contest);
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
