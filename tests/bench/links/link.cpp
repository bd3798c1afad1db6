// A link between two TUN devices: packets wait for their turn, take time, and get lost.
#include "tests/bench/links/link.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <deque>
#include <optional>
#include <random>
#include <vector>

namespace qio::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t max_packet = 2048; // devices have an MTU of 1500
constexpr double queued_seconds = 0.2;
constexpr double min_queued_bytes = 32 * 1024;
constexpr int burst = 64; // packets that are read before others are looked after

/// One direction.
class Way {
public:
    Way(int from, int to, const Link& link, unsigned seed)
        : from_(from), to_(to), bytes_per_second_(link.megabits * 1e6 / 8),
          delay_(std::chrono::duration_cast<Clock::duration>(link.round_trip) / 2),
          loss_(link.loss), random_(seed) {}

    int from() const { return from_; }

    /// Takes packets that wait at the device. False: it is gone.
    bool take(Clock::time_point now) {
        for (int i = 0; i < burst; ++i) {
            std::array<char, max_packet> bytes;
            const auto size = read(from_, bytes.data(), bytes.size());
            if (size <= 0)
                return size < 0 && errno == EAGAIN;
            add({bytes.data(), bytes.data() + size}, now);
        }
        return true;
    }

    void deliver(Clock::time_point now) {
        for (; !packets_.empty() && packets_.front().due <= now; packets_.pop_front())
            if (const auto& bytes = packets_.front().bytes;
                write(to_, bytes.data(), bytes.size()) < 0)
                continue; // as if it were lost
    }

    std::optional<Clock::time_point> next() const {
        if (packets_.empty())
            return std::nullopt;
        return packets_.front().due;
    }

private:
    struct Packet {
        std::vector<char> bytes;
        Clock::time_point due;
    };

    void add(std::vector<char> bytes, Clock::time_point now) {
        idle_from_ = std::max(idle_from_, now);
        const double queued =
            Seconds(idle_from_ - now).count() * bytes_per_second_ + double(bytes.size());
        if (queued > std::max(queued_seconds * bytes_per_second_, min_queued_bytes))
            return;
        idle_from_ += std::chrono::duration_cast<Clock::duration>(
            Seconds(double(bytes.size()) / bytes_per_second_));
        if (std::uniform_real_distribution<>(0, 1)(random_) >= loss_)
            packets_.push_back({std::move(bytes), idle_from_ + delay_});
    }

    int from_;
    int to_;
    double bytes_per_second_;
    Clock::duration delay_;
    double loss_;
    std::mt19937 random_;
    Clock::time_point idle_from_{}; // when all that was taken has been sent
    std::deque<Packet> packets_;
};

timespec until(std::optional<Clock::time_point> due, Clock::time_point now) {
    constexpr std::chrono::nanoseconds longest = std::chrono::seconds(1);
    const auto wait = due ? std::clamp<std::chrono::nanoseconds>(
                                *due - now, std::chrono::nanoseconds(0), longest)
                          : longest;
    return {wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
}

std::optional<Clock::time_point> earlier(std::optional<Clock::time_point> a,
                                         std::optional<Clock::time_point> b) {
    if (!a || !b)
        return a ? a : b;
    return std::min(*a, *b);
}

} // namespace

std::string Link::name() const {
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "%g Mbit/s, %lld ms", megabits,
                  static_cast<long long>(round_trip.count()));
    std::string name = text.data();
    if (loss > 0) {
        std::snprintf(text.data(), text.size(), ", %g %% lost", loss * 100);
        name += text.data();
    }
    return name;
}

void carry(int a, int b, const Link& link) {
    std::array<Way, 2> ways = {Way(a, b, link, 1), Way(b, a, link, 2)};
    std::array<pollfd, 2> fds = {pollfd{a, POLLIN, 0}, pollfd{b, POLLIN, 0}};
    while (true) {
        const auto now = Clock::now();
        for (auto& way : ways)
            way.deliver(now);
        const auto wait = until(earlier(ways[0].next(), ways[1].next()), now);
        if (ppoll(fds.data(), fds.size(), &wait, nullptr) < 0)
            return;
        const auto then = Clock::now();
        for (std::size_t i = 0; i < ways.size(); ++i)
            if (fds[i].revents != 0 && !ways[i].take(then))
                return;
    }
}

} // namespace qio::bench
