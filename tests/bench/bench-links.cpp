// How soon a viewer behind a slow link sees what the screen shows, against TigerVNC's.
#include <cstdio>
#include <span>
#include <vector>

#include "tests/bench/harness.hpp"
#include "tests/bench/links/burst.hpp"

namespace qio::bench {

namespace {

using std::chrono::milliseconds;

constexpr int full_rounds = 3;

struct Case {
    Link link;
    double goal; // of the peer's time
};

constexpr Case cases[] = {
    {{1, milliseconds(50)}, 1},
    {{5, milliseconds(200)}, 0.5},
    {{20, milliseconds(100), 0.01}, 1},
    {{100, milliseconds(20)}, 1},
};

constexpr Wish wishes_here[] = {
    {.name = "zrle", .encoding = vnc::Encoding::ZRLE, .compression = 2},
    {.name = "jpeg 8", .encoding = vnc::Encoding::Tight, .compression = 2, .jpeg = 8},
};

double median_of(const std::vector<Outcome>& outcomes, double Outcome::* figure) {
    std::vector<double> values;
    for (const auto& outcome : outcomes)
        values.push_back(outcome.*figure);
    return bench::median_of(std::move(values));
}

struct Rows {
    Row current, bytes, updates;
};

Rows compare(const Network& network, const Case& one, const char* scene, const Wish& wish,
             int rounds) {
    std::vector<Outcome> ours, theirs;
    for (int round = 0; round < rounds; ++round) {
        ours.push_back(
            play_burst(network, server_kind(ServerName::ours), scene_named(scene), wish));
        theirs.push_back(
            play_burst(network, server_kind(ServerName::xvnc), scene_named(scene), wish));
    }
    const auto row_of = [&](double Outcome::* figure, double unit,
                            std::optional<double> goal) {
        Row row;
        row.what = one.link.name() + ", " + scene + ", " + wish.name;
        row.ours = median_of(ours, figure) / unit;
        row.peer = "Xvnc";
        row.theirs = median_of(theirs, figure) / unit;
        row.ratio = row.ours / row.theirs;
        row.goal = goal;
        return row;
    };
    return {row_of(&Outcome::current, 1, one.goal), row_of(&Outcome::bytes, 1e3, {}),
            row_of(&Outcome::updates, 1, {})};
}

std::vector<Rows> compare_all(const Options& options) {
    const Table table(options, "VNC over a link, two seconds of changes",
                      "ms from the last one until the viewer shows it");
    std::vector<Rows> all;
    for (const auto& one :
         options.quick ? std::span(cases).subspan(1, 1) : std::span(cases)) {
        const auto network = Network::create(one.link);
        if (!network) {
            std::fprintf(stderr, "skipped: network namespaces, which take root's rights "
                                 "and /dev/net/tun\n");
            break;
        }
        for (const auto& wish : wishes_here)
            for (const char* scene : {"text", "video"}) {
                all.push_back(
                    compare(*network, one, scene, wish, options.quick ? 1 : full_rounds));
                table.add(all.back().current);
            }
    }
    return all;
}

void run(const Options& options) {
    pin_thread(Place::anywhere);
    if (!server_kind(ServerName::xvnc).is_there()) {
        std::fprintf(stderr, "skipped: Xvnc was not there when this was built\n");
        return;
    }
    const auto all = compare_all(options);
    const Table bytes(options, "What came meanwhile", "KB");
    for (const auto& rows : all)
        bytes.add(rows.bytes);
    const Table updates(options, "In how many updates", "");
    for (const auto& rows : all)
        updates.add(rows.updates);
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
