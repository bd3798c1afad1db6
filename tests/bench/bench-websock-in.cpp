// What it costs to receive through a WebSocket: CPU time of the receiver per KiB.
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
    std::size_t frame;  ///< payload bytes in a frame
    std::size_t buffer; ///< of a read
    std::size_t amount; ///< payload bytes in a round
    std::optional<double> plain_goal{};
    std::optional<double> rival_goal{};
};

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::size_t large = 64 * 1024;
/// What the peer has ready to send: a whole number of frames of every size.
constexpr std::size_t blast_payload = mebibyte;

constexpr Load loads[] = {
    {"64 B frames, 64 KiB reads", 64, large, 8 * mebibyte, {}, 1},
    {"1 KiB frames, 64 KiB reads", 1024, large, 32 * mebibyte, {}, 1},
    {"64 KiB frames, 64 KiB reads", large, large, 32 * mebibyte, 1.25, 1},
    {"64 B frames, 4 KiB reads", 64, 4096, 8 * mebibyte},
    {"64 KiB frames, 4 KiB reads", large, 4096, 32 * mebibyte},
};

/// Reads once for each call of the watch.
class Reader {
public:
    Reader(std::shared_ptr<Channel> channel, UniqueFd far, Bytes bytes)
        : channel_(std::move(channel)), blast_(std::move(far), std::move(bytes)),
          watch_(*channel_, Condition::in, [this](Condition) { read(); }) {}

    void receive(std::size_t payload, std::size_t buffer) {
        buffer_.resize(buffer);
        left_ = payload;
        blast_.start(int(payload / blast_payload));
        run_until([&] { return left_ == 0; });
    }

private:
    void read() {
        const auto count = must(channel_->read(buffer_));
        if (count && *count == 0)
            give_up("the peer has gone");
        left_ -= count.value_or(0);
    }

    std::shared_ptr<Channel> channel_;
    Blast blast_;
    Bytes buffer_;
    std::size_t left_ = 0;
    Watch watch_;
};

/// Ours and the plain socket first, then each rival that is there.
void run_load(const Options& options, const Table& table, const Load& load) {
    const auto frames = masked_frames(load.frame, blast_payload / load.frame);
    auto plain_pair = make_tcp_pair();
    Reader plain(socket_channel(std::move(plain_pair.near)), std::move(plain_pair.far),
                 Bytes(blast_payload));
    auto pair = make_tcp_pair();
    auto channel = websock_channel(std::move(pair.near), pair.far.get());
    Reader websock(std::move(channel), std::move(pair.far), frames);

    const std::size_t amount = std::max(options.amount(load.amount), blast_payload);
    const double kibibytes = double(amount) / 1024;
    std::vector<Variant> variants = {
        {[&] { websock.receive(amount, load.buffer); }, kibibytes},
        {[&] { plain.receive(amount, load.buffer); }, kibibytes}};
    std::vector<std::unique_ptr<RivalReader>> readers;
    for (auto& kind : rivals()) {
        // Their buffers are large ones.
        if (kind.make == nullptr || !load.rival_goal)
            continue;
        auto* const reader = readers.emplace_back(new RivalReader(kind, frames)).get();
        variants.push_back({[=] { reader->receive(amount, blast_payload); }, kibibytes});
    }
    const Comparison comparison(variants, options.rounds());
    table.add(row_of(load.name, comparison, 0, "plain socket", 1, load.plain_goal));
    if (load.rival_goal)
        add_rival_rows(table, load.name, comparison, 0, 2, load.rival_goal);
}

void run(const Options& options) {
    const Table table(options, "WebSocket in: CPU of the receiver", "ns per KiB");
    for (auto& load : loads)
        run_load(options, table, load);
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
