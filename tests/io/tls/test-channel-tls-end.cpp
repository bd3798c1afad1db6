// How a TLS stream ends: in order, cut off, by us, by the peer, half by half.
#include <gnutls/crypto.h>

#include <thread>

#include "tests/io/tls/open-tls.hpp"

#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using tls::Endpoint;

namespace {

IoResult read_relaxed(Channel& channel, MutableBytes buffer) {
    const iovec vector = to_iovec(buffer);
    return channel.readv({&vector, 1}, {.relaxed_eof = true});
}

/// Starts a goodbye and counts its completions.
struct Goodbye {
    void start(ChannelTls& channel, const OperationOptions& options = {}) {
        channel.bye(options, [this](Result<void> result) {
            ++completions;
            if (!result)
                error = result.error();
        });
    }
    bool is_done() {
        return run_until([this] { return completions != 0; }) && drain() < 10 &&
               completions == 1;
    }
    int completions = 0;
    std::optional<Error> error;
};

void close_notify_ends_the_stream_each_time(void**) {
    for (const bool client_leaves : {true, false}) {
        const OpenTls tls;
        auto& leaver = client_leaves ? *tls.client : *tls.server;
        auto& stayer = client_leaves ? *tls.server : *tls.client;
        assert_int_equal(**leaver.write(as_bytes("last words")), 10);
        (void)leaver.close();
        const auto all = drained(stayer);
        assert_true(all.text() == "last words" && all.ended);
        std::byte byte{};
        assert_int_equal(**stayer.read({&byte, 1}), 0);
        assert_int_equal(**stayer.read({&byte, 1}), 0);
    }
}

// P-TLS-05, IO-18: an end without close_notify is an error, unless it is accepted.
void a_cut_is_an_error_each_time_unless_it_is_accepted(void**) {
    const OpenTls tls;
    assert_int_equal(**tls.client->write(as_bytes("last words")), 10);
    (void)tls.wire->close();
    const auto all = drained(*tls.server);
    assert_true(all.text() == "last words" && !all.ended);
    assert_true(all.error->kind == ErrorKind::disconnected);
    std::byte byte{};
    for (int i = 0; i < 2; ++i) {
        assert_true(tls.server->read({&byte, 1}).error().kind == ErrorKind::disconnected);
        assert_int_equal(**read_relaxed(*tls.server, {&byte, 1}), 0);
    }
}

void a_cut_in_the_middle_of_a_record_is_an_error(void**) {
    const OpenTls tls;
    assert_int_equal(**tls.server->write(Bytes(1000)), 1000);
    const Bytes wire = drained(*tls.wire).data;
    assert_true(write_all(*tls.counter, ByteView(wire).first(500)).has_value());
    (void)tls.counter->close();
    std::byte byte{};
    const auto count = tls.client->read({&byte, 1});
    assert_true(!count && count.error().kind == ErrorKind::disconnected);
}

// IO-15: who has shut down reading does not care how the stream ends.
void a_cut_after_our_own_shutdown_is_an_end(void**) {
    const OpenTls tls;
    assert_true(tls.server->shutdown(Direction::read).has_value());
    (void)tls.wire->close();
    std::byte byte{};
    assert_int_equal(**tls.server->read({&byte, 1}), 0);
    assert_int_equal(**tls.server->read({&byte, 1}), 0);
}

// IO-16: also if he does so while another thread waits in the read.
void a_shutdown_from_another_thread_ends_a_waiting_read(void**) {
    for (int i = 0; i < 50; ++i) {
        const auto pair = put_tls_on(make_unix_pair());
        assert_true(pair.second->set_blocking(Blocking::yes).has_value());
        std::atomic<bool> started = false;
        std::optional<IoResult> result;
        std::thread reader([&] {
            std::byte byte{};
            started = true;
            result = pair.second->read({&byte, 1});
        });
        while (!started)
            std::this_thread::yield();
        assert_true(pair.second->shutdown(Direction::read).has_value());
        reader.join();
        assert_true(result->has_value());
        assert_true(**result == 0);
    }
}

// TRAP-08, D22: what was opened is delivered; the broken record behind it is an error.
void data_in_front_of_a_broken_record_is_delivered(void**) {
    const OpenTls tls;
    assert_int_equal(**tls.server->write(as_bytes("12345678")), 8);
    assert_int_equal(**tls.server->write(as_bytes("broken")), 6);
    Bytes wire = drained(*tls.wire).data;
    wire.back() ^= std::byte(1);
    assert_true(write_all(*tls.counter, wire).has_value());
    std::array<std::byte, 8> first;
    Bytes second(100);
    const iovec vectors[] = {to_iovec(MutableBytes(first)),
                             to_iovec(MutableBytes(second))};
    assert_int_equal(**tls.client->readv(vectors), 8);
    assert_true(as_text(first) == "12345678");
    assert_true(has(*wait(*tls.client, Condition::in, soon()), Condition::in));
    for (int i = 0; i < 2; ++i)
        assert_true(tls.client->read(second).error().kind == ErrorKind::protocol);
    // The peer is told.
    const auto told = tls.server->read(second);
    assert_true(!told && told.error().message.contains("ended the session"));
}

void a_goodbye_ends_the_writing_half_only(void**) {
    const OpenTls tls;
    Goodbye goodbye;
    goodbye.start(*tls.client);
    assert_int_equal(goodbye.completions, 0);
    assert_true(goodbye.is_done() && !goodbye.error);
    assert_true(drained(*tls.server).ended);
    assert_true(tls.client->write(as_bytes("x")).error().kind == ErrorKind::disconnected);
    assert_int_equal(**tls.server->write(as_bytes("still here")), 10);
    assert_true(drained(*tls.client).text() == "still here");
    Goodbye again; // has been said
    again.start(*tls.client);
    assert_true(again.is_done() && !again.error);
    assert_true(drained(*tls.counter).data.empty());
}

// IO-18: over a full transport it waits, in the background, for the reader.
void a_goodbye_waits_behind_what_was_written(void**) {
    const OpenTls tls(3000);
    const Bytes data(100'000);
    const std::size_t sent = tls.server->write(data)->value_or(0);
    assert_true(sent != 0 && sent < data.size());
    Goodbye goodbye;
    goodbye.start(*tls.server);
    drain();
    assert_int_equal(goodbye.completions, 0);
    Goodbye second;
    second.start(*tls.server);
    assert_true(second.is_done());
    assert_true(second.error->kind == ErrorKind::invalid_argument);
    std::size_t received = 0;
    bool ended = false;
    const Watch reader(*tls.client, Condition::in, [&](Condition) {
        const auto more = drained(*tls.client);
        received += more.data.size();
        ended = ended || more.ended;
    });
    assert_true(run_until([&] { return ended && goodbye.completions == 1; }));
    assert_false(goodbye.error.has_value());
    assert_true(received >= sent);
}

// O-49.
void a_goodbye_before_the_handshake_is_refused(void**) {
    const auto pair = make_tls_pair(make_pipe_pair());
    Goodbye goodbye;
    goodbye.start(*pair.first);
    assert_true(goodbye.is_done());
    assert_true(goodbye.error->kind == ErrorKind::invalid_argument);
}

// CVE-17's rule for the goodbye; D21.
void leaving_during_a_goodbye_completes_it_once(void**) {
    for (const bool closes : {true, false}) {
        OpenTls tls(2000);
        (void)tls.server->write(Bytes(100'000));
        Goodbye goodbye;
        goodbye.start(*tls.server);
        std::weak_ptr<Channel> gone = tls.server;
        if (closes)
            (void)tls.server->close();
        tls.server.reset();
        assert_true(goodbye.is_done());
        assert_true(goodbye.error->kind == ErrorKind::cancelled);
        assert_true(gone.expired());
    }
}

void a_goodbye_has_a_deadline(void**) {
    const OpenTls tls(2000);
    (void)tls.server->write(Bytes(100'000));
    Goodbye goodbye;
    goodbye.start(*tls.server,
                  {.deadline = deadline_after(std::chrono::milliseconds(5))});
    assert_true(goodbye.is_done());
    assert_true(goodbye.error->kind == ErrorKind::timed_out);
}

void shutting_down_writing_is_seen_and_leaves_reading(void**) {
    for (const std::size_t capacity : {std::size_t(64 * 1024), std::size_t(3000)}) {
        const OpenTls tls(capacity);
        const std::size_t sent = tls.server->write(Bytes(20'000))->value_or(0);
        assert_true(tls.server->shutdown(Direction::write).has_value());
        assert_true(tls.server->write(as_bytes("x")).error().kind ==
                    ErrorKind::disconnected);
        // Whatever still waits leaves while the owner waits to read.
        const Watch owner(*tls.server, Condition::in, [](Condition) {});
        std::size_t received = 0;
        bool ended = false;
        const Watch reader(*tls.client, Condition::in, [&](Condition) {
            const auto more = drained(*tls.client);
            received += more.data.size();
            ended = ended || more.ended;
        });
        assert_true(run_until([&] { return ended; }));
        assert_true(received >= sent);
        std::byte byte{};
        assert_int_equal(**tls.wire->read({&byte, 1}), 0); // the transport's half too
        assert_int_equal(**tls.client->write(as_bytes("answer")), 6);
        assert_true(drained(*tls.server).text() == "answer");
    }
}

// P-TLS-04: neither side renegotiates.
void a_wish_to_renegotiate_is_a_protocol_error(void**) {
    for (const auto ours : {Endpoint::client, Endpoint::server}) {
        AgainstBarePeer tls(ours, tls12);
        assert_true(tls.is_open);
        assert_int_equal(**tls.channel->write(as_bytes("x")), 1);
        assert_true(tls.peer->receive() == "x");
        if (ours == Endpoint::client)
            assert_int_equal(gnutls_rehandshake(tls.peer->get()), 0);
        else
            (void)gnutls_handshake(tls.peer->get());
        tls.peer->flush();
        std::byte byte{};
        const auto count = tls.channel->read({&byte, 1});
        assert_true(!count && count.error().kind == ErrorKind::protocol);
        assert_true(count.error().message.contains("renegotiate"));
    }
}

// P-TLS-03: changes of keys do not go on for ever, and none of them is answered without
// end.
void a_flood_of_key_updates_is_an_error(void**) {
    AgainstBarePeer tls(Endpoint::server, tls13);
    assert_true(tls.is_open);
    std::optional<Error> error;
    for (int i = 0; i < 1000 && !error; ++i) {
        assert_true(gnutls_session_key_update(tls.peer->get(), GNUTLS_KU_PEER) >= 0);
        tls.peer->flush();
        std::byte byte{};
        if (const auto count = tls.channel->read({&byte, 1}); !count)
            error = count.error();
    }
    assert_true(error && error->kind == ErrorKind::protocol);
}

/// Sends handshake messages under the keys of a TLS 1.3 session, which GnuTLS has no call
/// for (RFC 8446 §5.2). Nothing else can be sent afterwards.
class HandshakeSender {
public:
    explicit HandshakeSender(BarePeer& peer) : peer_(peer) {
        gnutls_datum_t mac, iv, key;
        std::array<unsigned char, 8> sequence;
        gnutls_record_get_state(peer.get(), 0, &mac, &iv, &key, sequence.data());
        gnutls_aead_cipher_init(&cipher_, gnutls_cipher_get(peer.get()), &key);
        nonce_.assign(iv.data, iv.data + iv.size);
        for (const auto byte : sequence)
            sequence_ = sequence_ << 8 | byte;
    }
    ~HandshakeSender() { gnutls_aead_cipher_deinit(cipher_); }
    HandshakeSender(const HandshakeSender&) = delete;
    HandshakeSender& operator=(const HandshakeSender&) = delete;

    void send(std::string message) {
        message += '\x16'; // the true content type
        std::size_t size = message.size() + 16;
        std::string record{'\x17', '\x03', '\x03', char(size >> 8), char(size)};
        record.resize(5 + size);
        auto nonce = nonce_;
        for (std::size_t i = 0; i < 8; ++i)
            nonce[nonce.size() - 1 - i] ^= char(sequence_ >> (8 * i));
        ++sequence_;
        gnutls_aead_cipher_encrypt(cipher_, nonce.data(), nonce.size(), record.data(), 5,
                                   16, message.data(), message.size(), &record[5], &size);
        (void)write_all(peer_.wire(), as_bytes(record), soon());
    }

private:
    BarePeer& peer_;
    gnutls_aead_cipher_hd_t cipher_ = nullptr;
    std::string nonce_;
    std::uint64_t sequence_ = 0;
};

// P-TLS-02: nor is one behind the handshake; gaps between data may be that long.
void a_giant_message_behind_the_handshake_is_refused(void**) {
    AgainstBarePeer tls(Endpoint::client, tls13);
    assert_true(tls.is_open);
    for (int i = 0; i < 40; ++i) { // more than is kept, but with data in between
        tls.peer->send(std::string(10'000, 'x'));
        assert_int_equal(drained(*tls.channel).data.size(), 10'000);
    }
    HandshakeSender sender(*tls.peer);
    std::string ticket("\x04\xFF\xFF\xFF", 4);
    ticket.resize(10'000, 'x');
    std::optional<Error> error;
    for (int i = 0; i < 40 && !error; ++i) {
        sender.send(i == 0 ? ticket : ticket.substr(4));
        error = drained(*tls.channel).error;
    }
    assert_true(error && error->kind == ErrorKind::limit);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(close_notify_ends_the_stream_each_time),
        cmocka_unit_test(a_cut_is_an_error_each_time_unless_it_is_accepted),
        cmocka_unit_test(a_cut_in_the_middle_of_a_record_is_an_error),
        cmocka_unit_test(a_cut_after_our_own_shutdown_is_an_end),
        cmocka_unit_test(a_shutdown_from_another_thread_ends_a_waiting_read),
        cmocka_unit_test(data_in_front_of_a_broken_record_is_delivered),
        cmocka_unit_test(a_goodbye_ends_the_writing_half_only),
        cmocka_unit_test(a_goodbye_waits_behind_what_was_written),
        cmocka_unit_test(a_goodbye_before_the_handshake_is_refused),
        cmocka_unit_test(leaving_during_a_goodbye_completes_it_once),
        cmocka_unit_test(a_goodbye_has_a_deadline),
        cmocka_unit_test(shutting_down_writing_is_seen_and_leaves_reading),
        cmocka_unit_test(a_wish_to_renegotiate_is_a_protocol_error),
        cmocka_unit_test(a_flood_of_key_updates_is_an_error),
        cmocka_unit_test(a_giant_message_behind_the_handshake_is_refused),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
