// What TLS costs to send and receive through, and a WebSocket on top of it.
#include <array>
#include <string>
#include <vector>

#include "io/core/watch.hpp"
#include "io/tls/channel-tls.hpp"
#include "tests/bench/gio-tls.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/tls-peers.hpp"

namespace qio::bench {

namespace {

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;
constexpr std::size_t blast_payload = mebibyte;

// In CPU time: 0.95 of the throughput of plain GnuTLS calls.
constexpr double tls_goal = 1 / 0.95;
constexpr double websock_goal = 1.1;

/// TLS by this library, and a WebSocket on it if it is asked for.
std::shared_ptr<Channel> open_channel(const TlsIdentity& identity, UniqueFd near,
                                      Upgrade upgrade) {
    bool done = false;
    const auto completion = [&done](Result<void> result) {
        if (!result)
            give_up(result.error().message);
        done = true;
    };
    auto channel =
        must(ChannelTls::server(socket_channel(std::move(near)), identity.credentials()));
    channel->handshake({}, completion);
    run_until([&] { return done; });
    if (channel->info().cipher != "AES-128-GCM")
        give_up("another cipher: " + channel->info().cipher);
    if (upgrade == Upgrade::no)
        return channel;
    done = false;
    auto websock = ChannelWebsock::server(std::move(channel));
    websock->handshake({}, completion);
    run_until([&] { return done; });
    return websock;
}

/// Writes until it would block, and again when the watch calls.
class Writer {
public:
    Writer(const TlsIdentity& identity, Upgrade upgrade)
        : Writer(identity, make_socket_pair(), upgrade) {}

    /// `overhead`: bytes around each that the client sees.
    void send(std::span<const iovec> vectors, std::size_t count, std::size_t overhead) {
        vectors_ = vectors;
        size_ = total_size(vectors);
        left_ = count;
        drain_.expect(count * (size_ + overhead));
        watch_.set_condition(Condition::out);
        drain_.wait_for();
    }
    std::uint64_t records() const { return drain_.records(); }

private:
    Writer(const TlsIdentity& identity, SocketPair pair, Upgrade upgrade)
        : drain_(identity, std::move(pair.far), upgrade),
          channel_(open_channel(identity, std::move(pair.near), upgrade)),
          watch_(*channel_, Condition::none, [this](Condition) { go_on(); }) {}

    void go_on() {
        while (left_ != 0) {
            const auto written = must(write_rest());
            if (!written)
                return;
            done_ += *written;
            if (done_ < size_)
                continue;
            done_ = 0;
            --left_;
        }
        watch_.set_condition(Condition::none);
    }

    /// Of several vectors the whole is written at once here.
    IoResult write_rest() {
        if (vectors_.size() != 1)
            return channel_->writev(vectors_);
        const auto* data = static_cast<const std::byte*>(vectors_[0].iov_base);
        return channel_->write(ByteView(data, size_).subspan(done_));
    }

    TlsDrain drain_;
    std::shared_ptr<Channel> channel_;
    std::span<const iovec> vectors_;
    std::size_t size_ = 0, done_ = 0, left_ = 0;
    Watch watch_;
};

/// Reads until it would block, and again when the watch calls.
class Reader {
public:
    Reader(const TlsIdentity& identity, Upgrade upgrade, Bytes bytes)
        : Reader(identity, make_socket_pair(), upgrade, std::move(bytes)) {}

    void receive(std::size_t payload, std::size_t buffer) {
        buffer_.resize(buffer);
        left_ = payload;
        blast_.start(int(payload / blast_payload));
        run_until([this] { return left_ == 0; });
    }

private:
    Reader(const TlsIdentity& identity, SocketPair pair, Upgrade upgrade, Bytes bytes)
        : blast_(identity, std::move(pair.far), std::move(bytes), upgrade),
          channel_(open_channel(identity, std::move(pair.near), upgrade)),
          watch_(*channel_, Condition::in, [this](Condition) { read(); }) {}

    void read() {
        while (left_ != 0) {
            const auto count = must(channel_->read(buffer_));
            if (!count)
                return;
            if (*count == 0)
                give_up("the peer has gone");
            left_ -= *count;
        }
    }

    TlsBlast blast_;
    std::shared_ptr<Channel> channel_;
    Bytes buffer_;
    std::size_t left_ = 0;
    Watch watch_;
};

/// The limit: GnuTLS's calls on a blocking socket, without any loop.
PlainTls open_plain(const TlsIdentity& identity, UniqueFd near) {
    set_blocking(near.get());
    return {identity, tls::Endpoint::server, std::move(near)};
}

class PlainWriter {
public:
    explicit PlainWriter(const TlsIdentity& identity)
        : PlainWriter(identity, make_socket_pair()) {}

    void send(ByteView bytes, std::size_t count) {
        drain_.expect(count * bytes.size());
        for (std::size_t i = 0; i < count; ++i)
            tls_.send(bytes);
        drain_.wait_for();
    }

private:
    PlainWriter(const TlsIdentity& identity, SocketPair pair)
        : drain_(identity, std::move(pair.far)),
          tls_(open_plain(identity, std::move(pair.near))) {}

    TlsDrain drain_;
    PlainTls tls_;
};

class PlainReader {
public:
    PlainReader(const TlsIdentity& identity, Bytes bytes)
        : PlainReader(identity, make_socket_pair(), std::move(bytes)) {}

    void receive(std::size_t payload, std::size_t buffer) {
        buffer_.resize(buffer);
        blast_.start(int(payload / blast_payload));
        for (std::size_t left = payload; left != 0;) {
            const std::size_t count = tls_.receive(buffer_);
            if (count == 0)
                give_up("the peer has gone");
            left -= count;
        }
    }

private:
    PlainReader(const TlsIdentity& identity, SocketPair pair, Bytes bytes)
        : blast_(identity, std::move(pair.far), std::move(bytes)),
          tls_(open_plain(identity, std::move(pair.near))) {}

    TlsBlast blast_;
    PlainTls tls_;
    Bytes buffer_;
};

class GioWriter {
public:
    explicit GioWriter(const TlsIdentity& identity)
        : GioWriter(identity, make_socket_pair()) {}

    void send(ByteView bytes, std::size_t count) {
        drain_.expect(count * bytes.size());
        tls_.send(bytes, count);
        drain_.wait_for();
    }

private:
    GioWriter(const TlsIdentity& identity, SocketPair pair)
        : drain_(identity, std::move(pair.far)), tls_(identity, std::move(pair.near)) {}

    TlsDrain drain_;
    GioTls tls_;
};

class GioReader {
public:
    GioReader(const TlsIdentity& identity, Bytes bytes)
        : GioReader(identity, make_socket_pair(), std::move(bytes)) {}

    void receive(std::size_t payload, std::size_t buffer) {
        buffer_.resize(buffer);
        blast_.start(int(payload / blast_payload));
        tls_.receive(payload, buffer_);
    }

private:
    GioReader(const TlsIdentity& identity, SocketPair pair, Bytes bytes)
        : blast_(identity, std::move(pair.far), std::move(bytes)),
          tls_(identity, std::move(pair.near)) {}

    TlsBlast blast_;
    GioTls tls_;
    Bytes buffer_;
};

constexpr std::size_t sizes[] = {16 * kibibyte, 256 * kibibyte};
constexpr std::size_t amount_of_round = 32 * mebibyte;

void add_rows(const Table& table, const std::string& what, const Comparison& comparison,
              bool has_gio) {
    table.add(row_of(what, comparison, 0, "plain GnuTLS", 1, tls_goal));
    if (has_gio)
        table.add(row_of(what, comparison, 0, "GIO's TLS", 2, 1));
    else
        table.add_missing(what, "GIO's TLS");
}

void run_out(const Options& options, const TlsIdentity& identity) {
    Writer ours(identity, Upgrade::no);
    PlainWriter plain(identity);
    std::optional<GioWriter> gio;
    if (has_gio_tls())
        gio.emplace(identity);
    const Table table(options, "TLS out: CPU of the sender", "ns per KiB");
    for (const std::size_t size : sizes) {
        const Bytes bytes(size, std::byte(0x5A));
        const iovec vector = to_iovec(ByteView(bytes));
        const std::size_t count = options.amount(amount_of_round / size);
        const double kibibytes = double(count * size) / kibibyte;
        std::vector<Variant> variants = {
            {[&] { ours.send({&vector, 1}, count, 0); }, kibibytes},
            {[&] { plain.send(bytes, count); }, kibibytes}};
        if (gio)
            variants.push_back({[&] { gio->send(bytes, count); }, kibibytes});
        const Comparison comparison(variants, options.rounds());
        add_rows(table, std::to_string(size / kibibyte) + " KiB writes", comparison,
                 gio.has_value());
    }
}

void run_in(const Options& options, const TlsIdentity& identity) {
    const Bytes bytes(blast_payload, std::byte(0x5A));
    Reader ours(identity, Upgrade::no, bytes);
    PlainReader plain(identity, bytes);
    std::optional<GioReader> gio;
    if (has_gio_tls())
        gio.emplace(identity, bytes);
    const Table table(options, "TLS in: CPU of the receiver", "ns per KiB");
    const std::size_t amount = options.amount(amount_of_round);
    const double kibibytes = double(amount) / kibibyte;
    for (const std::size_t size : sizes) {
        std::vector<Variant> variants = {
            {[&] { ours.receive(amount, size); }, kibibytes},
            {[&] { plain.receive(amount, size); }, kibibytes}};
        if (gio)
            variants.push_back({[&] { gio->receive(amount, size); }, kibibytes});
        const Comparison comparison(variants, options.rounds());
        add_rows(table, std::to_string(size / kibibyte) + " KiB reads", comparison,
                 gio.has_value());
    }
}

/// Many small pieces are to cost one record.
void run_vectors(const Options& options, const TlsIdentity& identity) {
    constexpr std::size_t count = 100;
    std::array<std::byte, count> bytes{};
    std::array<iovec, count> vectors;
    for (std::size_t i = 0; i < count; ++i)
        vectors[i] = {&bytes[i], 1};
    Writer ours(identity, Upgrade::no);
    const std::size_t writes = 1000;
    ours.send(vectors, writes, 0);
    const Table table(options, "100 vectors of one byte in one write", "records");
    table.add({.what = "records of a write",
               .ours = double(ours.records()) / double(writes),
               .peer = {},
               .limit = 1});
}

void run_websock(const Options& options, const TlsIdentity& identity) {
    constexpr std::size_t size = 64 * kibibyte;
    const Bytes bytes(size, std::byte(0x5A));
    const iovec vector = to_iovec(ByteView(bytes));
    const std::size_t header = frame_header_size(size);
    const std::size_t amount = options.amount(amount_of_round);
    const double kibibytes = double(amount) / kibibyte;
    Writer out(identity, Upgrade::yes), plain_out(identity, Upgrade::no);
    Reader in(identity, Upgrade::yes, masked_frames(size, blast_payload / size));
    Reader plain_in(identity, Upgrade::no, Bytes(blast_payload));
    const Comparison comparison(
        {{[&] { out.send({&vector, 1}, amount / size, header); }, kibibytes},
         {[&] { plain_out.send({&vector, 1}, amount / size, 0); }, kibibytes},
         {[&] { in.receive(amount, size); }, kibibytes},
         {[&] { plain_in.receive(amount, size); }, kibibytes}},
        options.rounds());
    const Table table(options, "A WebSocket on TLS: CPU of the server", "ns per KiB");
    table.add(row_of("64 KiB writes", comparison, 0, "TLS alone", 1, websock_goal));
    table.add(row_of("64 KiB frames in", comparison, 2, "TLS alone", 3, websock_goal));
}

} // namespace

} // namespace qio::bench

int main(int argc, char** argv) {
    using namespace qio::bench;
    const auto options = parse_options(argc, argv);
    const TlsIdentity identity;
    run_out(options, identity);
    run_in(options, identity);
    run_vectors(options, identity);
    run_websock(options, identity);
}
