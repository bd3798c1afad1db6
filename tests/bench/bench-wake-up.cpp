// What one wake-up costs when many other channels are watched and idle.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "io/core/watch.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"

namespace qio::bench {

namespace {

using Channels = std::vector<std::shared_ptr<ChannelSocket>>;

constexpr std::array<std::size_t, 4> idle_counts = {1, 10, 1000, 10000};
constexpr double goal = 1.2; // with 10,000 idle against 1

/// Passes one byte to and fro between two sockets of one context. Whoever watches them
/// calls catch_ball(): that is one wake-up.
class PingPong {
public:
    PingPong() : context_(g_main_context_new()) {
        auto pair = must(ChannelSocket::socket_pair());
        ends_ = {std::move(pair.first), std::move(pair.second)};
    }

    void play(std::size_t wake_ups) {
        left_ = wake_ups;
        must(ends_[0]->write(ball_));
        while (left_ != 0)
            g_main_context_iteration(context_.get(), TRUE);
    }

protected:
    void catch_ball(Channel& here) {
        must(here.read(ball_));
        if (--left_ != 0)
            must(here.write(ball_));
    }

    ContextRef context_;
    Channels ends_;

private:
    std::array<std::byte, 1> ball_{};
    std::size_t left_ = 0;
};

/// On watches.
class WatchedPingPong : public PingPong {
public:
    explicit WatchedPingPong(std::span<const std::shared_ptr<ChannelSocket>> idle) {
        for (auto& channel : idle)
            watches_.emplace_back(
                *channel, Condition::in, [](Condition) {}, context_.get());
        for (auto& end : ends_)
            watches_.emplace_back(
                *end, Condition::in, [this, &end](Condition) { catch_ball(*end); },
                context_.get());
    }

private:
    std::vector<Watch> watches_;
};

/// On one plain GSource for each channel.
class SourcePingPong : public PingPong {
public:
    explicit SourcePingPong(std::span<const std::shared_ptr<ChannelSocket>> idle) {
        for (auto& channel : idle)
            add(*channel);
        for (auto& end : ends_)
            add(*end);
    }
    ~SourcePingPong() {
        for (auto& source : sources_)
            g_source_destroy(source.get());
    }

private:
    static gboolean on_ready(Channel* channel, GIOCondition, gpointer self) noexcept {
        static_cast<SourcePingPong*>(self)->catch_ball(*channel);
        return G_SOURCE_CONTINUE;
    }
    void add(Channel& channel) {
        auto source = create_source(channel, Condition::in);
        const ChannelSourceFunc callback = on_ready;
        g_source_set_callback(source.get(), G_SOURCE_FUNC(callback), this, nullptr);
        g_source_attach(source.get(), context_.get());
        sources_.push_back(std::move(source));
    }

    std::vector<SourceRef> sources_;
};

Channels make_idle(std::size_t count) {
    Channels idle;
    while (idle.size() < count) {
        auto pair = must(ChannelSocket::socket_pair());
        idle.push_back(std::move(pair.first));
        idle.push_back(std::move(pair.second));
    }
    return idle;
}

std::string title_of(std::size_t idle) {
    return "a wake-up with " + std::to_string(idle) + " idle";
}

/// Watches and sources for each number of idle channels; then all take turns.
void run(const Options& options) {
    const std::size_t room = raise_descriptor_limit(idle_counts.back());
    std::vector<std::size_t> counts;
    for (const std::size_t count : idle_counts)
        if (count <= room)
            counts.push_back(count);
        else
            std::fprintf(stderr,
                         "skipped: %zu idle, the limit of descriptors leaves %zu\n",
                         count, room);
    const Channels idle = make_idle(counts.back());
    std::vector<std::unique_ptr<WatchedPingPong>> watched;
    std::vector<std::unique_ptr<SourcePingPong>> sources;
    std::vector<Variant> variants;
    for (const std::size_t count : counts) {
        const auto channels = std::span(idle).first(count);
        auto* ours = watched.emplace_back(new WatchedPingPong(channels)).get();
        auto* plain = sources.emplace_back(new SourcePingPong(channels)).get();
        const std::size_t ours_turns = options.amount(4096);
        const std::size_t plain_turns = options.amount(count < 1000 ? 4096 : 64);
        variants.push_back({[=] { ours->play(ours_turns); }, double(ours_turns)});
        variants.push_back({[=] { plain->play(plain_turns); }, double(plain_turns)});
    }
    const Comparison comparison(variants, options.rounds());
    const Table table(options, "Wake-up", "ns per wake-up");
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::string what = title_of(counts[i]);
        table.add(row_of(what, comparison, 2 * i, "GSource per channel", 2 * i + 1));
        if (i != 0)
            table.add(
                row_of(what, comparison, 2 * i, title_of(counts[0]).substr(15), 0,
                       i + 1 == idle_counts.size() ? std::optional(goal) : std::nullopt));
    }
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
