// A TLS session in a test's hands: both ends, what lies on the wire, and a bare peer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/core/iovec-cursor.hpp"
#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "io/tls/session.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tls.hpp"

namespace qio::test {

inline const char* const tls12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2:+ECDHE-PSK";
inline const char* const tls13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK";

inline WaitOptions soon() {
    return {.deadline = deadline_after(std::chrono::seconds(20))};
}

/// Passes everything on, and counts the calls.
class CountingChannel final : public Channel {
public:
    explicit CountingChannel(std::shared_ptr<Channel> below) : below_(std::move(below)) {}
    int reads = 0;
    int writes = 0;

private:
    IoResult do_readv(std::span<const iovec> buffers) override {
        ++reads;
        return below_->readv(buffers);
    }
    IoResult do_writev(std::span<const iovec> buffers) override {
        ++writes;
        return below_->writev(buffers);
    }
    Result<void> do_close() override { return below_->close(); }
    Result<void> do_set_blocking(Blocking blocking) override {
        return below_->set_blocking(blocking);
    }
    Interest do_interest(Condition asked) const override {
        return below_->interest(asked);
    }
    Condition do_resolve(Condition asked, Condition events) override {
        return below_->resolve(asked, events);
    }
    Result<void> do_shutdown(Direction direction) override {
        return below_->shutdown(direction);
    }
    bool do_has_feature(Feature feature) const override {
        return below_->has_feature(feature);
    }

    std::shared_ptr<Channel> below_;
};

/// Both ends over a pipe, their handshake behind them; what the server sends can be taken
/// off the wire before the client sees it.
struct OpenTls {
    explicit OpenTls(std::size_t capacity = 64 * 1024,
                     const char* priority = "NORMAL:+ECDHE-PSK") {
        const auto below = make_pipe_pair(capacity);
        wire = below.first;
        counter = std::make_shared<CountingChannel>(below.second);
        const auto pair = make_tls_pair({below.first, counter}, priority);
        is_open = shake_hands(pair).is_good();
        client = pair.first;
        server = pair.second;
        (void)drained(*client); // the tickets
        (void)drained(*server);
        counter->reads = counter->writes = 0;
    }
    std::shared_ptr<Channel> wire;            // the client's transport
    std::shared_ptr<CountingChannel> counter; // the server's
    std::shared_ptr<ChannelTls> client, server;
    bool is_open = false;
};

/// The sizes of the whole TLS records in `bytes`.
inline std::vector<std::size_t> record_sizes(ByteView bytes) {
    std::vector<std::size_t> sizes;
    while (bytes.size() >= 5) {
        const std::size_t size = load_be<std::uint16_t>(bytes.data() + 3);
        if (bytes.size() < 5 + size)
            break;
        sizes.push_back(size);
        bytes = bytes.subspan(5 + size);
    }
    return sizes;
}

/// A peer that does as a test says, down to what GnuTLS can be told.
class BarePeer {
public:
    /// Says `first_words` in one write with the end of its handshake.
    BarePeer(std::shared_ptr<Channel> wire, tls::Endpoint endpoint, const char* priority,
             std::string_view first_words = "")
        : wire_(std::move(wire)), first_words_(first_words) {
        const auto credentials = TestCredentials::psk(endpoint, priority);
        auto made = tls::Session::create(credentials.loaded(), {.endpoint = endpoint});
        g_assert(made.has_value());
        session_ = *std::move(made);
        watch_ = Watch(*wire_, Condition::in, [this](Condition) {
            if (!is_open)
                step();
        });
        step();
    }

    gnutls_session_t get() const { return session_->get(); }
    Channel& wire() const { return *wire_; }

    void send(std::string_view text) {
        seal(text);
        flush();
    }
    /// What there is; an error's message behind "!".
    std::string receive() {
        pull();
        std::string text;
        std::array<std::byte, 4096> buffer;
        for (;;) {
            const auto count = session_->receive(buffer);
            flush();
            if (!count)
                return text + "!" + count.error().message;
            if (!*count)
                return text;
            if (**count == 0)
                return text + "!end";
            text += as_text(std::span(buffer).first(**count));
        }
    }
    void flush() {
        auto& output = session_->output();
        g_assert(write_all(*wire_, output.readable(), soon()).has_value());
        output.consume(output.size());
    }

    bool is_open = false;

private:
    void step() {
        pull();
        const auto done = session_->shake_hands();
        g_assert(done.has_value());
        if (*done)
            seal(first_words_);
        flush();
        is_open = *done;
        if (is_open)
            watch_.reset();
    }
    void seal(std::string_view text) {
        const iovec vector = to_iovec(as_bytes(text));
        IovecCursor cursor({&vector, 1});
        while (!cursor.at_end())
            g_assert(session_->seal(cursor).has_value());
    }
    void pull() {
        auto& input = session_->input();
        if (const auto count = wire_->read(input.prepare(input.room())); count && *count)
            input.commit(**count);
    }

    std::shared_ptr<Channel> wire_;
    const std::string first_words_;
    std::unique_ptr<tls::Session> session_;
    Watch watch_;
};

/// Our client or server against a bare peer, their handshake behind them.
struct AgainstBarePeer {
    AgainstBarePeer(tls::Endpoint ours, const char* priority,
                    std::string_view first_words = "") {
        const auto below = make_pipe_pair();
        const bool is_client = ours == tls::Endpoint::client;
        const auto credentials = TestCredentials::psk(ours, priority);
        auto made = is_client ? ChannelTls::client(below.first, credentials, {})
                              : ChannelTls::server(below.first, credentials);
        g_assert(made.has_value());
        channel = *made;
        peer.emplace(below.second,
                     is_client ? tls::Endpoint::server : tls::Endpoint::client, priority,
                     first_words);
        bool done = false;
        channel->handshake({}, [&](Result<void> result) {
            done = true;
            is_open = result.has_value();
        });
        run_until([&] { return done && peer->is_open; });
    }
    std::shared_ptr<ChannelTls> channel;
    std::optional<BarePeer> peer;
    bool is_open = false;
};

} // namespace qio::test
