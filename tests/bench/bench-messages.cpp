// What small WebSocket messages cost: CPU time of a server per message.
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "io/core/watch.hpp"
#include "io/websock/websock-messages.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"
#include "tests/bench/rivals.hpp"

namespace qio::bench {

namespace {

constexpr std::size_t message_size = 64;
/// What the peer has ready to send.
constexpr std::size_t blast_payload = 1024 * 1024;

constexpr double max_received = 40; // nanoseconds
constexpr double max_corked = 55;
constexpr double max_sent = 1000;

std::shared_ptr<ChannelWebsock> open_channel(TcpPair& pair) {
    return websock_channel(std::move(pair.near), pair.far.get());
}

/// Takes messages until there are no more for now, each time that the watch calls.
class MessageReader {
public:
    explicit MessageReader(Bytes frames) : MessageReader(make_tcp_pair(), frames) {}

    void receive(std::size_t payload) {
        left_ = payload;
        blast_.start(int(payload / blast_payload));
        run_until([&] { return left_ == 0; });
    }

private:
    MessageReader(TcpPair pair, Bytes frames)
        : messages_(open_channel(pair)), blast_(std::move(pair.far), std::move(frames)),
          watch_(messages_.channel(), Condition::in, [this](Condition) { read(); }) {}

    void read() {
        while (left_ != 0) {
            const auto message = must(messages_.receive_message());
            if (!message)
                return;
            if (message->is_end)
                give_up("the peer has gone");
            left_ -= message->data.size();
        }
    }

    WebsockMessages messages_;
    Blast blast_;
    std::size_t left_ = 0;
    Watch watch_;
};

/// Sends messages until it would block, and again when the watch calls: in batches under
/// a cork, or each by itself.
class MessageWriter {
public:
    explicit MessageWriter(std::size_t batch) : MessageWriter(make_tcp_pair(), batch) {}

    void send(ByteView message, std::size_t count) {
        message_ = message;
        left_ = count;
        drain_.expect(count * (message.size() + frame_header_size(message.size())));
        watch_.set_condition(Condition::out);
        run_until([&] { return drain_.is_done(); });
    }

private:
    MessageWriter(TcpPair pair, std::size_t batch)
        : messages_(open_channel(pair)), drain_(std::move(pair.far)), batch_(batch),
          watch_(messages_.channel(), Condition::none, [this](Condition) { go_on(); }) {}

    void go_on() {
        while (left_ != 0)
            if (!send_batch())
                return;
        watch_.set_condition(Condition::none);
    }

    bool send_batch() {
        auto& channel = messages_.channel();
        if (batch_ != 1)
            channel.set_cork(Hint::on);
        bool is_taken = true;
        for (std::size_t i = 0; i < batch_ && left_ != 0 && is_taken; ++i) {
            is_taken = must(messages_.send(MessageKind::binary, message_)).has_value();
            left_ -= is_taken;
        }
        if (batch_ != 1)
            channel.set_cork(Hint::off);
        return is_taken;
    }

    WebsockMessages messages_;
    Drain drain_;
    const std::size_t batch_;
    ByteView message_;
    std::size_t left_ = 0;
    Watch watch_;
};

/// The least that it can cost: a system call for each, and nothing else.
class BareSender {
public:
    BareSender() : BareSender(make_tcp_pair()) {}

    void send(std::size_t size, std::size_t count) {
        const Bytes frame(size, std::byte(0x5A));
        drain_.expect(count * size);
        for (std::size_t i = 0; i < count; ++i)
            for (ByteView rest = frame; !rest.empty();) {
                const ssize_t sent =
                    ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent < 0)
                    wait_for_room();
                else
                    rest = rest.subspan(std::size_t(sent));
            }
        run_until([&] { return drain_.is_done(); });
    }

private:
    explicit BareSender(TcpPair pair)
        : fd_(std::move(pair.near)), drain_(std::move(pair.far)) {}

    void wait_for_room() const {
        pollfd entry{fd_.get(), POLLOUT, 0};
        (void)poll(&entry, 1, -1);
    }

    const UniqueFd fd_;
    Drain drain_;
};

void run_in(const Options& options) {
    const auto frames = masked_frames(message_size, blast_payload / message_size);
    const std::size_t amount = std::max(options.amount(8 * blast_payload), blast_payload);
    const double count = double(amount) / message_size;
    MessageReader ours(frames);
    std::vector<Variant> variants = {{[&] { ours.receive(amount); }, count}};
    std::vector<std::unique_ptr<RivalReader>> readers;
    for (auto& kind : rivals())
        if (kind.make != nullptr)
            readers.emplace_back(new RivalReader(kind, frames));
    for (auto& reader : readers)
        variants.push_back({[&] { reader->receive(amount, blast_payload); }, count});
    const Comparison comparison(variants, options.rounds());
    const Table table(options, "Messages of 64 bytes in", "ns per message");
    table.add({.what = "one receive_message() each",
               .ours = comparison.median(0).nanoseconds,
               .peer = {},
               .limit = max_received,
               .instructions = comparison.median(0).instructions});
    add_rival_rows(table, "one receive_message() each", comparison, 0, 1, 1);
}

void run_out(const Options& options) {
    const Bytes message(message_size, std::byte(0x5A));
    const std::size_t count = options.amount(16384);
    MessageWriter corked(256), single(1);
    std::vector<Variant> variants = {
        {[&] { corked.send(message, count); }, double(count)},
        {[&] { single.send(message, count); }, double(count)}};
    BareSender bare;
    const std::size_t wire = message_size + frame_header_size(message_size);
    variants.push_back({[&] { bare.send(wire, count); }, double(count)});
    std::vector<std::unique_ptr<RivalWriter>> writers;
    for (auto& kind : rivals())
        if (kind.make != nullptr)
            writers.emplace_back(new RivalWriter(kind));
    for (auto& writer : writers)
        variants.push_back({[&] { writer->send(message, count); }, double(count)});
    const Comparison comparison(variants, options.rounds());
    const Table table(options, "Messages of 64 bytes out", "ns per message");
    table.add({.what = "256 under a cork",
               .ours = comparison.median(0).nanoseconds,
               .peer = {},
               .limit = max_corked});
    table.add({.what = "each by itself",
               .ours = comparison.median(1).nanoseconds,
               .peer = {},
               .limit = max_sent});
    table.add(row_of("each by itself", comparison, 1, "bare send()", 2));
    add_rival_rows(table, "256 under a cork", comparison, 0, 3, 1);
    add_rival_rows(table, "each by itself", comparison, 1, 3, 1);
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    const auto options = qio::bench::parse_options(argc, argv);
    qio::bench::run_in(options);
    qio::bench::run_out(options);
}
