// What it costs to send through a WebSocket: CPU time of the sender per KiB.
#include <string>
#include <vector>

#include "io/core/watch.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"
#include "tests/bench/rivals.hpp"

namespace qio::bench {

namespace {

struct Load {
    const char* name;
    std::size_t size;  ///< of each write, and so of each message
    std::size_t count; ///< writes in a round
    std::optional<double> goal;
};

constexpr Load loads[] = {
    {"64 B", 64, 16384, std::nullopt},
    {"1 KiB", 1024, 8192, std::nullopt},
    {"64 KiB", 64 * 1024, 512, 1.1},
};

/// Writes as a program does: until it would block, and again when the watch calls.
class Writer {
public:
    Writer(std::shared_ptr<Channel> channel, UniqueFd far)
        : channel_(std::move(channel)), drain_(std::move(far)),
          watch_(*channel_, Condition::none, [this](Condition) { go_on(); }) {}

    /// Makes `count` writes of all of `bytes`; returns when the peer has them, with
    /// `header` bytes around each.
    void send(ByteView bytes, std::size_t count, std::size_t header) {
        bytes_ = rest_ = bytes;
        count_ = count;
        drain_.expect(count * (bytes.size() + header));
        watch_.set_condition(Condition::out);
        run_until([&] { return drain_.is_done(); });
    }

private:
    void go_on() {
        while (count_ != 0) {
            const auto written = must(channel_->write(rest_));
            if (!written)
                return;
            rest_ = rest_.subspan(*written);
            if (!rest_.empty())
                continue;
            rest_ = bytes_;
            --count_;
        }
        watch_.set_condition(Condition::none);
    }

    std::shared_ptr<Channel> channel_;
    Drain drain_;
    ByteView bytes_, rest_;
    std::size_t count_ = 0;
    Watch watch_;
};

/// The variants and rows of the rivals, behind two of ours.
void add_rivals(std::vector<Variant>& variants,
                std::span<const std::unique_ptr<RivalWriter>> writers, ByteView bytes,
                std::size_t count) {
    for (auto& writer : writers)
        variants.push_back({[=, writer = writer.get()] { writer->send(bytes, count); },
                            double(count * bytes.size()) / 1024});
}

void run(const Options& options) {
    auto plain_pair = make_tcp_pair();
    Writer plain(socket_channel(std::move(plain_pair.near)), std::move(plain_pair.far));
    auto pair = make_tcp_pair();
    auto channel = websock_channel(std::move(pair.near), pair.far.get());
    Writer websock(std::move(channel), std::move(pair.far));
    std::vector<std::unique_ptr<RivalWriter>> writers;
    for (auto& kind : rivals())
        if (kind.make != nullptr)
            writers.emplace_back(new RivalWriter(kind));

    const Table table(options, "WebSocket out: CPU of the sender", "ns per KiB");
    for (auto& load : loads) {
        const Bytes bytes(load.size, std::byte(0x5A));
        const std::size_t count = options.amount(load.count);
        const double kibibytes = double(count * load.size) / 1024;
        const std::size_t header = frame_header_size(load.size);
        std::vector<Variant> variants = {
            {[&] { websock.send(bytes, count, header); }, kibibytes},
            {[&] { plain.send(bytes, count, 0); }, kibibytes}};
        add_rivals(variants, writers, bytes, count);
        const Comparison comparison(variants, options.rounds());
        const std::string what = std::string(load.name) + " writes";
        table.add(row_of(what, comparison, 0, "plain socket", 1, load.goal));
        add_rival_rows(table, what, comparison, 0, 2, 1);
    }
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
