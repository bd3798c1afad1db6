// Servers that play the same screen in turn, and what it cost each of them.
#include "tests/bench/vnc/contest.hpp"

#include <algorithm>
#include <cstdio>

namespace qio::bench {

namespace {

bool is_peer(ServerName server) {
    return server == ServerName::libvncserver || server == ServerName::neatvnc ||
           server == ServerName::xvnc;
}

} // namespace

Contest::Contest(std::vector<Entrant> entrants, const Plan& plan)
    : entrants_(std::move(entrants)) {
    std::erase_if(entrants_, [](const Entrant& one) {
        const auto& kind = server_kind(one.server);
        return !kind.is_there() || !kind.has(one.wish.encoding);
    });
    std::vector<std::unique_ptr<Session>> sessions;
    for (const auto& one : entrants_) {
        sessions.push_back(std::make_unique<Session>(server_kind(one.server), plan.scene,
                                                     one.wish, plan.size, one.viewers));
        sessions.back()->play(plan.frames); // warms up
    }
    plays_.resize(sessions.size());
    for (int round = 0; round < plan.rounds; ++round)
        for (std::size_t i = 0; i < sessions.size(); ++i) {
            plays_[i].push_back(sessions[i]->play(plan.frames));
            if (const int merged = plays_[i].back().merged; merged != 0)
                std::fprintf(stderr, "%s, %s, %s: %d frames came with others\n", name(i),
                             plan.scene.name, entrants_[i].wish.name, merged);
        }
}

const char* Contest::name(std::size_t index) const {
    return server_kind(entrants_[index].server).name;
}

std::optional<std::size_t> Contest::find(ServerName server) const {
    const auto found = std::ranges::find(entrants_, server, &Entrant::server);
    if (found == entrants_.end())
        return std::nullopt;
    return std::size_t(found - entrants_.begin());
}

double Contest::median(std::size_t index, Figure figure) const {
    std::vector<double> values;
    for (const auto& play : plays_[index])
        values.push_back(play.*figure);
    return median_of(std::move(values));
}

double Contest::ratio(std::size_t index, std::size_t other, Figure figure) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < plays_[index].size(); ++i)
        ratios.push_back(plays_[index][i].*figure / plays_[other][i].*figure);
    return median_of(std::move(ratios));
}

std::optional<std::size_t> Contest::best_peer(Figure figure) const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < count(); ++i)
        if (is_peer(entrants_[i].server) &&
            (!best || median(i, figure) < median(*best, figure)))
            best = i;
    return best;
}

Row Contest::row(std::string what, std::size_t index, std::size_t other, Figure figure,
                 std::optional<double> goal) const {
    return {.what = std::move(what),
            .ours = median(index, figure),
            .peer = name(other),
            .theirs = median(other, figure),
            .ratio = ratio(index, other, figure),
            .goal = goal};
}

} // namespace qio::bench
