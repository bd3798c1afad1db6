// What a relay costs in CPU time: against websockify (WebSocket to TCP) and HAProxy
// (TCP).
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/websock/frame.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"
#include "tests/bench/relays.hpp"

namespace qio::bench {

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::size_t frame_payload = 64 * 1024;

// In CPU time per byte.
constexpr double websockify_goal = 0.1;
constexpr double haproxy_goal = 1.3;

void send_all(int fd, ByteView rest) {
    while (!rest.empty()) {
        const ssize_t count = send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count <= 0)
            give_up("a relay takes no more");
        rest = rest.subspan(std::size_t(count));
    }
}

/// How much of what arrives is payload of a server's frames; plain TCP is nothing else.
class PayloadCounter {
public:
    explicit PayloadCounter(RelayFront front) : front_(front) {}

    std::size_t count(ByteView bytes) {
        if (front_ == RelayFront::tcp)
            return bytes.size();
        std::size_t sum = 0;
        while (!bytes.empty()) {
            const std::size_t step =
                left_ != 0 ? std::size_t(std::min<std::uint64_t>(left_, bytes.size()))
                           : take_header(bytes);
            sum += left_ != 0 ? step : 0;
            left_ -= left_ != 0 ? step : 0;
            left_ = left_ == 0 ? std::exchange(announced_, 0) : left_;
            bytes = bytes.subspan(step);
        }
        return sum;
    }

private:
    /// How many bytes of the next header are there; byte by byte, since it may be cut.
    std::size_t take_header(ByteView bytes) {
        header_.push_back(bytes.front());
        const auto header = ws::parse_frame_header(header_, ws::Role::client);
        if (!header)
            give_up("a relay sends something else than frames");
        if (*header) {
            announced_ = (*header)->length;
            header_.clear();
        }
        return 1;
    }

    const RelayFront front_;
    std::uint64_t left_ = 0, announced_ = 0;
    Bytes header_;
};

/// A connection through a relay.
struct Passage {
    UniqueFd client, target;
};

/// One program of a comparison, its target, and connections through it.
class Subject {
public:
    explicit Subject(const RelayKind& kind)
        : kind_(kind), target_(listen_on_loopback()), port_(listen_on_loopback().port),
          relay_(kind.command(folder_, port_, target_.port), port_, target_) {}

    const RelayKind& kind() const { return kind_; }
    const RelayProcess& process() const { return relay_; }

    Passage open() const {
        Passage passage{connect_to_loopback(relay_.port()), {}};
        if (kind_.front == RelayFront::websocket) {
            send_request(passage.client.get(), relay_.port());
            receive_response(passage.client.get());
        }
        passage.target = accept_from(target_);
        return passage;
    }

    /// As the client sends it.
    Bytes framed(std::size_t payload, std::size_t count) const {
        if (kind_.front == RelayFront::websocket)
            return masked_frames(payload, count);
        return Bytes(payload * count, std::byte(0x5A));
    }

private:
    const RelayKind& kind_;
    const test::TemporaryFolder folder_;
    const LoopbackListener target_;
    const std::uint16_t port_;
    const RelayProcess relay_;
};

using Subjects = std::vector<std::unique_ptr<Subject>>;

/// Bytes through one connection, in one direction.
class Stream {
public:
    enum class Way : std::uint8_t { in, out };

    Stream(const Subject& subject, Way way)
        : Stream(subject, way, subject.open(), subject.framed(frame_payload, 16)) {}

    void run(std::size_t payload) {
        blast_.start(int(payload / mebibyte));
        for (std::size_t received = 0; received < payload;) {
            const ssize_t count = recv(sink_.get(), buffer_.data(), buffer_.size(), 0);
            if (count <= 0)
                give_up("a relay has gone");
            received += counter_.count(ByteView(buffer_).first(std::size_t(count)));
        }
    }

private:
    Stream(const Subject& subject, Way way, Passage passage, Bytes from_client)
        : sink_(std::move(way == Way::in ? passage.target : passage.client)),
          counter_(way == Way::in ? RelayFront::tcp : subject.kind().front),
          blast_(std::move(way == Way::in ? passage.client : passage.target),
                 way == Way::in ? std::move(from_client)
                                : Bytes(mebibyte, std::byte(0x5A))) {}

    const UniqueFd sink_;
    PayloadCounter counter_;
    Bytes buffer_ = Bytes(256 * 1024);
    Blast blast_;
};

Variant variant_of(const Subject& subject, std::function<void()> round, double units) {
    return {std::move(round), units, [&] { return subject.process().cpu_nanoseconds(); }};
}

void add_rate(const Table& table, const char* what, const Comparison& comparison,
              const Subjects& subjects, double scale) {
    const auto rate = [&](std::size_t i) {
        return scale / comparison.median(i).nanoseconds;
    };
    for (std::size_t i = 1; i < subjects.size(); ++i)
        table.add({.what = what,
                   .ours = rate(0),
                   .peer = subjects[i]->kind().name,
                   .theirs = rate(i),
                   .ratio = 1 / comparison.ratio(0, i)});
}

constexpr const char* what_moves(Stream::Way way) {
    return way == Stream::Way::in ? "client to target, 64 KiB writes"
                                  : "target to client, 1 MiB writes";
}

Comparison compare_streams(const Options& options, const Subjects& subjects,
                           Stream::Way way) {
    std::vector<std::unique_ptr<Stream>> streams;
    std::vector<Variant> variants;
    const std::size_t amount = options.amount(64) * mebibyte;
    for (const auto& subject : subjects) {
        auto& stream = *streams.emplace_back(new Stream(*subject, way));
        variants.push_back(variant_of(
            *subject, [&stream, amount] { stream.run(amount); }, double(amount) / 1024));
    }
    return {variants, options.rounds() / 2 + 1};
}

void run_streams(const Options& options, const Subjects& subjects,
                 const std::string& front, double goal) {
    constexpr std::array ways = {Stream::Way::in, Stream::Way::out};
    std::vector<Comparison> comparisons;
    for (const auto way : ways)
        comparisons.push_back(compare_streams(options, subjects, way));
    const Table table(options, "Relaying, " + front, "ns of CPU per KiB");
    for (const auto way : ways)
        for (std::size_t i = 1; i < subjects.size(); ++i)
            table.add(row_of(what_moves(way), comparisons[std::size_t(way)], 0,
                             subjects[i]->kind().name, i,
                             i == 1 ? std::optional(goal) : std::nullopt));
    const Table rates(options, "The same as a rate: more is better",
                      "MiB per CPU second");
    for (const auto way : ways)
        add_rate(rates, what_moves(way), comparisons[std::size_t(way)], subjects,
                 1e9 / 1024);
}

/// A byte there and back.
void exchange_byte(const Subject& subject, const Passage& passage) {
    std::array<std::byte, 16> buffer;
    send_all(passage.client.get(), subject.framed(1, 1));
    if (recv(passage.target.get(), buffer.data(), 1, 0) != 1)
        give_up("a relay lost a byte");
    send_all(passage.target.get(), ByteView(buffer).first(1));
    PayloadCounter counter(subject.kind().front);
    for (std::size_t received = 0; received == 0;) {
        const ssize_t count = recv(passage.client.get(), buffer.data(), buffer.size(), 0);
        if (count <= 0)
            give_up("a relay lost a byte");
        received += counter.count(ByteView(buffer).first(std::size_t(count)));
    }
}

void run_connections(const Options& options, const Subjects& subjects,
                     const std::string& front) {
    std::vector<Variant> variants;
    for (const auto& subject : subjects) {
        const std::size_t count = options.amount(subject->kind().is_heavy ? 16 : 256);
        const auto round = [&subject = *subject, count] {
            for (std::size_t i = 0; i < count; ++i)
                exchange_byte(subject, subject.open());
            subject.process().wait_for_children();
        };
        variants.push_back(variant_of(*subject, round, double(count) * 1000));
    }
    const Comparison comparison(variants, options.rounds() / 2 + 1);
    const Table table(options, "Connections, " + front, "µs of CPU each");
    const char* what = "open, a byte each way, close";
    for (std::size_t i = 1; i < subjects.size(); ++i)
        table.add(row_of(what, comparison, 0, subjects[i]->kind().name, i));
    const Table rates(options, "The same as a rate: more is better",
                      "connections per CPU second");
    add_rate(rates, what, comparison, subjects, 1e6);
}

/// Of the relay's processes, for each connection that has carried a byte each way.
double memory_of_idle(const Subject& subject, std::size_t count) {
    // What is made once, for the first connections, is not a connection's.
    std::vector<Passage> passages;
    for (std::size_t i = 0; i < 4; ++i)
        exchange_byte(subject, passages.emplace_back(subject.open()));
    const double before = subject.process().memory();
    for (std::size_t i = 0; i < count; ++i)
        exchange_byte(subject, passages.emplace_back(subject.open()));
    const double after = subject.process().memory();
    passages.clear();
    subject.process().wait_for_children();
    return (after - before) / double(count);
}

void run_memory(const Options& options, const Subjects& subjects,
                const std::string& front) {
    std::vector<double> costs;
    for (const auto& subject : subjects)
        costs.push_back(memory_of_idle(
            *subject, options.amount(subject->kind().is_heavy ? 48 : 1024)));
    const Table table(options, "Memory of an idle connection, " + front, "bytes");
    for (std::size_t i = 1; i < subjects.size(); ++i)
        table.add({.what = "after a byte each way",
                   .ours = costs[0],
                   .peer = subjects[i]->kind().name,
                   .theirs = costs[i],
                   .ratio = costs[0] / costs[i]});
}

void run(const Options& options, const RelayKind& ours, const RelayKind& theirs,
         const std::string& front, double goal) {
    if (!theirs.is_installed()) {
        const Table table(options, "Relaying, " + front, "ns of CPU per KiB");
        return table.add_missing("all", theirs.name);
    }
    Subjects subjects;
    for (const auto* kind : {&ours, &theirs, &bare_relay})
        subjects.emplace_back(new Subject(*kind));
    run_streams(options, subjects, front, goal);
    subjects.pop_back(); // its threads say nothing about connections
    run_connections(options, subjects, front);
    run_memory(options, subjects, front);
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    using namespace qio::bench;
    const auto options = parse_options(argc, argv);
    // The relays have the measured processor to themselves.
    pin_thread(Place::peer);
    raise_descriptor_limit(5000);
    run(options, qio_relay_tcp, haproxy, "TCP to TCP", haproxy_goal);
    run(options, qio_relay_websocket, websockify, "WebSocket to TCP", websockify_goal);
}
