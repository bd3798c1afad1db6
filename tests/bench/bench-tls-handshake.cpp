// What a TLS handshake costs a server: CPU time of all that one connection needs.
#include <string>

#include "io/tls/channel-tls.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/tls-peers.hpp"

namespace qio::bench {

namespace {

// In CPU time: 0.95 of the connections per second of the plain loop.
constexpr double goal = 1 / 0.95;

/// Socket pairs, half of them on their way to the visitor.
std::deque<UniqueFd> send_to(TlsVisitor& visitor, std::size_t count) {
    std::deque<UniqueFd> near, far;
    for (std::size_t i = 0; i < count; ++i) {
        auto pair = make_socket_pair();
        near.push_back(std::move(pair.near));
        far.push_back(std::move(pair.far));
    }
    visitor.visit(std::move(far));
    return near;
}

void serve_ours(const TlsIdentity& identity, TlsVisitor& visitor, std::size_t count) {
    for (auto& fd : send_to(visitor, count)) {
        const auto channel = must(
            ChannelTls::server(socket_channel(std::move(fd)), identity.credentials()));
        bool done = false;
        channel->handshake({}, [&](Result<void> result) {
            if (!result)
                give_up(result.error().message);
            done = true;
        });
        run_until([&] { return done; });
        (void)channel->close();
    }
}

void serve_plain(const TlsIdentity& identity, TlsVisitor& visitor, std::size_t count) {
    for (auto& fd : send_to(visitor, count)) {
        set_blocking(fd.get());
        PlainTls tls(identity, tls::Endpoint::server, std::move(fd));
        tls.say_goodbye();
    }
}

void run(const Options& options) {
    const TlsIdentity identity;
    const std::size_t count = options.amount(128);
    const double unit = double(count) * 1000; // the meter's are nanoseconds
    const Table table(options, "TLS handshakes: CPU of the server", "µs per connection");
    for (const auto habit : {TlsVisitor::Habit::fresh, TlsVisitor::Habit::resuming}) {
        TlsVisitor ours(identity, habit), plain(identity, habit);
        const Comparison comparison(
            {{[&] { serve_ours(identity, ours, count); }, unit},
             {[&] { serve_plain(identity, plain, count); }, unit}},
            options.rounds());
        const bool is_resuming = habit == TlsVisitor::Habit::resuming;
        if (is_resuming != (ours.resumed() != 0) || ours.resumed() != plain.resumed())
            give_up("the sessions were not resumed as they should have been");
        table.add(row_of(is_resuming ? "resumed handshake" : "full handshake", comparison,
                         0, "plain GnuTLS", 1, goal));
    }
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    qio::bench::run(qio::bench::parse_options(argc, argv));
}
