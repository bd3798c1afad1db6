// WebSocket servers of other libraries, that ours is compared with.
#include "tests/bench/rivals.hpp"

#include <array>
#include <utility>

namespace qio::bench {

namespace {

#ifdef QIO_BENCH_LWS
constexpr auto make_lws = make_lws_rival;
#else
constexpr std::unique_ptr<Rival> (*make_lws)(UniqueFd, int) = nullptr;
#endif
#ifdef QIO_BENCH_BEAST
constexpr auto make_beast = make_beast_rival;
#else
constexpr std::unique_ptr<Rival> (*make_beast)(UniqueFd, int) = nullptr;
#endif

constexpr std::array<RivalKind, 3> kinds = {{{"libsoup", make_soup_rival},
                                             {"libwebsockets", make_lws},
                                             {"Boost.Beast", make_beast}}};

} // namespace

std::span<const RivalKind> rivals() {
    return kinds;
}

void add_rival_rows(const Table& table, const std::string& what,
                    const Comparison& comparison, std::size_t ours, std::size_t first,
                    std::optional<double> goal) {
    for (auto& kind : rivals())
        if (kind.make == nullptr)
            table.add_missing(what, kind.name);
        else
            table.add(row_of(what, comparison, ours, kind.name, first++, goal));
}

RivalReader::RivalReader(const RivalKind& kind, Bytes bytes) {
    auto pair = make_tcp_pair();
    rival_ = kind.make(std::move(pair.near), pair.far.get());
    blast_ = std::make_unique<Blast>(std::move(pair.far), std::move(bytes));
}

void RivalReader::receive(std::size_t payload, std::size_t payload_of_bytes) {
    blast_->start(int(payload / payload_of_bytes));
    rival_->receive(payload);
}

RivalWriter::RivalWriter(const RivalKind& kind) {
    auto pair = make_tcp_pair();
    rival_ = kind.make(std::move(pair.near), pair.far.get());
    drain_ = std::make_unique<Drain>(std::move(pair.far), rival_->waker());
}

void RivalWriter::send(ByteView message, std::size_t count) {
    drain_->expect(count * (message.size() + frame_header_size(message.size())));
    rival_->send(message, count, *drain_);
}

} // namespace qio::bench
