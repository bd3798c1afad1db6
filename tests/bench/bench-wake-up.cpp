// What one wake-up costs when many other channels are watched and idle.
#include <glib-unix.h>
#include <sys/epoll.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "io/core/context.hpp"
#include "io/core/watch.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"

namespace qio::bench {

namespace {

using Channels = std::vector<std::shared_ptr<ChannelSocket>>;

constexpr std::array<std::size_t, 4> idle_counts = {1, 1000, 10000, 18000};
constexpr double flat_goal = 1.2; // against 1 idle
constexpr double bare_goal = 1.2; // against one bare epoll descriptor

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

/// On g_source_add_unix_fd(), in a source for each as g_unix_fd_source_new() makes it.
class UnixFdPingPong final : public PingPong {
public:
    explicit UnixFdPingPong(std::span<const std::shared_ptr<ChannelSocket>> idle) {
        for (auto& channel : idle)
            add(*channel);
        for (auto& end : ends_)
            add(*end);
    }
    ~UnixFdPingPong() {
        for (auto& source : sources_)
            g_source_destroy(source.get());
    }
    UnixFdPingPong(const UnixFdPingPong&) = delete;
    UnixFdPingPong& operator=(const UnixFdPingPong&) = delete;

private:
    static gboolean on_ready(int fd, GIOCondition, gpointer player) noexcept {
        auto* const self = static_cast<UnixFdPingPong*>(player);
        self->catch_ball(*self->ends_[fd == self->ends_[0]->fd() ? 0 : 1]);
        return G_SOURCE_CONTINUE;
    }
    void add(ChannelSocket& channel) {
        auto& source = sources_.emplace_back(g_unix_fd_source_new(channel.fd(), G_IO_IN));
        const GUnixFDSourceFunc callback = on_ready;
        g_source_set_callback(source.get(), G_SOURCE_FUNC(callback), this, nullptr);
        g_source_attach(source.get(), context_.get());
    }

    std::vector<SourceRef> sources_;
};

/// On one epoll descriptor, with nothing around it.
class EpollPingPong final : public PingPong {
public:
    explicit EpollPingPong(std::span<const std::shared_ptr<ChannelSocket>> idle)
        : epoll_(epoll_create1(EPOLL_CLOEXEC)),
          source_(g_source_new(&functions_, sizeof(Source))) {
        for (auto& channel : idle)
            add(*channel);
        for (auto& end : ends_)
            add(*end);
        reinterpret_cast<Source*>(source_.get())->owner = this;
        // Otherwise GLib takes its descriptor out for each dispatch.
        g_source_set_can_recurse(source_.get(), TRUE);
        g_source_add_unix_fd(source_.get(), epoll_.get(), G_IO_IN);
        g_source_attach(source_.get(), context_.get());
    }
    ~EpollPingPong() { g_source_destroy(source_.get()); }
    EpollPingPong(const EpollPingPong&) = delete;
    EpollPingPong& operator=(const EpollPingPong&) = delete;

private:
    struct Source {
        GSource base;
        EpollPingPong* owner;
    };

    void add(ChannelSocket& channel) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &channel;
        if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, channel.fd(), &event) < 0)
            give_up("epoll does not take a descriptor");
    }

    static gboolean dispatch(GSource* source, GSourceFunc, gpointer) noexcept {
        auto& self = *reinterpret_cast<Source*>(source)->owner;
        std::array<epoll_event, 64> events;
        const int count =
            epoll_wait(self.epoll_.get(), events.data(), int(events.size()), 0);
        for (int i = 0; i < count; ++i)
            self.catch_ball(*static_cast<Channel*>(
                static_cast<ChannelSocket*>(events[std::size_t(i)].data.ptr)));
        return G_SOURCE_CONTINUE;
    }
    static inline GSourceFuncs functions_{nullptr, nullptr, &dispatch,
                                          nullptr, nullptr, nullptr};

    UniqueFd epoll_;
    SourceRef source_;
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

std::vector<std::size_t> possible_counts() {
    const std::size_t room = raise_descriptor_limit(idle_counts.back());
    std::vector<std::size_t> counts;
    for (const std::size_t count : idle_counts)
        if (count <= room)
            counts.push_back(count);
        else
            std::fprintf(stderr,
                         "skipped: %zu idle, the limit of descriptors leaves %zu\n",
                         count, room);
    return counts;
}

template <class Player>
void add_variant(std::vector<Variant>& variants,
                 std::span<const std::shared_ptr<ChannelSocket>> idle,
                 std::size_t wake_ups) {
    const auto player = std::make_shared<Player>(idle);
    variants.push_back({[=] { player->play(wake_ups); }, double(wake_ups)});
}

/// All kinds with each number of idle channels; then all take turns.
void run(const Options& options) {
    const auto counts = possible_counts();
    const Channels idle = make_idle(counts.back());
    std::vector<Variant> variants;
    for (const std::size_t count : counts) {
        const auto channels = std::span(idle).first(count);
        const std::size_t turns = options.amount(4096);
        add_variant<WatchedPingPong>(variants, channels, turns);
        add_variant<EpollPingPong>(variants, channels, turns);
        add_variant<UnixFdPingPong>(variants, channels,
                                    options.amount(count < 1000 ? 4096 : 16));
    }
    const Comparison comparison(variants, options.rounds());
    const Table table(options, "Wake-up", "ns per wake-up");
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::string what = title_of(counts[i]);
        if (i != 0)
            table.add(row_of(what, comparison, 3 * i, title_of(counts[0]).substr(15), 0,
                             flat_goal));
        table.add(
            row_of(what, comparison, 3 * i, "one bare epoll fd", 3 * i + 1, bare_goal));
        table.add(row_of(what, comparison, 3 * i, "g_source_add_unix_fd", 3 * i + 2, 1));
    }
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
