// TLS with one thread that reads and one that writes.
#include "tests/io/tls/open-tls.hpp"

#include <thread>

#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using tls::Endpoint;

namespace {

constexpr std::size_t amount = 4 << 20;

/// Writes a pattern on a thread of its own.
class Writer {
public:
    explicit Writer(Channel& channel)
        : thread_([this, &channel] {
              Bytes block(30'011);
              for (std::size_t sent = 0; sent < amount; sent += block.size()) {
                  for (std::size_t i = 0; i < block.size(); ++i)
                      block[i] = std::byte((sent + i) * 31 >> 8);
                  const std::size_t size = std::min(block.size(), amount - sent);
                  is_good =
                      is_good && write_all(channel, ByteView(block).first(size), soon());
              }
          }) {}
    void join() { thread_.join(); }
    bool is_good = true;

private:
    std::thread thread_;
};

bool reads_the_pattern(Channel& channel) {
    Bytes sink(40'009);
    for (std::size_t got = 0; got < amount;) {
        const std::size_t size = std::min(sink.size(), amount - got);
        if (!read_all(channel, std::span(sink).first(size), soon()))
            return false;
        for (std::size_t i = 0; i < size; ++i)
            if (sink[i] != std::byte((got + i) * 31 >> 8))
                return false;
        got += size;
    }
    return true;
}

void both_directions_at_once(Blocking blocking, const char* priority) {
    const auto below = make_unix_pair();
    const auto pair = make_tls_pair(below, priority);
    assert_true(shake_hands(pair).is_good());
    assert_true(pair.first->set_blocking(blocking).has_value());
    assert_true(pair.second->set_blocking(blocking).has_value());
    Writer there(*pair.first);
    Writer back(*pair.second);
    bool arrived_there = false;
    std::thread reader([&] { arrived_there = reads_the_pattern(*pair.second); });
    const bool arrived_back = reads_the_pattern(*pair.first);
    reader.join();
    there.join();
    back.join();
    assert_true(arrived_there && arrived_back);
    assert_true(there.is_good && back.is_good);
}

// IO-19, D8
void a_reader_and_a_writer_on_each_side(void**) {
    for (const auto blocking : {Blocking::yes, Blocking::no})
        for (const auto* priority : {tls12, tls13})
            both_directions_at_once(blocking, priority);
}

// 2.5.1's rule: who waits in a read does not hold up the writer.
void a_waiting_reader_does_not_stop_the_writer(void**) {
    const auto pair = put_tls_on(make_unix_pair());
    (void)pair.second->set_blocking(Blocking::yes);
    std::optional<IoResult> result;
    std::thread reader([&] {
        std::byte byte{};
        result = pair.second->read({&byte, 1});
    });
    for (int i = 0; i < 100; ++i) {
        assert_true(write_all(*pair.second, as_bytes("ping"), soon()).has_value());
        Bytes sink(4);
        assert_true(read_all(*pair.first, sink, soon()).has_value());
    }
    assert_true(write_all(*pair.first, as_bytes("x"), soon()).has_value());
    reader.join();
    assert_true(result->has_value() && **result == 1);
}

// IO-19: the peer changes keys, and asks for ours to change, while both threads work.
void keys_change_while_both_threads_work(void**) {
    for (const auto ours : {Endpoint::client, Endpoint::server}) {
        AgainstBarePeer tls(ours, tls13);
        assert_true(tls.is_open);
        constexpr int rounds = 6; // GnuTLS takes eight changes in a second
        std::string seen;
        std::atomic<bool> is_over = false;
        std::thread writer([&] {
            while (!is_over)
                if (!write_all(*tls.channel, Bytes(1000), soon()))
                    return;
        });
        std::thread reader([&] {
            Bytes sink(5);
            for (int i = 0; i < rounds; ++i)
                if (read_all(*tls.channel, sink, soon()))
                    seen += as_text(sink);
        });
        std::size_t received = 0;
        bool is_broken = false;
        for (int i = 0; i < rounds; ++i) {
            is_broken = is_broken ||
                        gnutls_session_key_update(tls.peer->get(), GNUTLS_KU_PEER) < 0;
            tls.peer->send("hello");
            const std::size_t goal = received + 20'000;
            const Deadline latest = deadline_after(std::chrono::seconds(20));
            while (received < goal && !is_broken && Clock::now() < *latest) {
                (void)wait(tls.peer->wire(), Condition::in, soon());
                const auto text = tls.peer->receive();
                received += text.size();
                is_broken = text.contains('!');
            }
        }
        is_over = true;
        std::thread rest([&] { // the writer may be in the middle
            while (is_over)
                (void)tls.peer->receive();
        });
        reader.join();
        writer.join();
        is_over = false;
        rest.join();
        assert_false(is_broken);
        assert_int_equal(seen.size(), 5 * rounds);
    }
}

// IO-37: closing in one thread while another one writes and reads.
void closing_ends_the_other_thread(void**) {
    for (int i = 0; i < 20; ++i) {
        const auto pair = put_tls_on(make_pipe_pair());
        std::optional<Result<void>> result;
        std::thread writer([&] {
            for (;;)
                if (auto written = write_all(*pair.second, Bytes(5000), soon());
                    !written) {
                    result = std::move(written);
                    return;
                }
        });
        Bytes sink(100'000);
        (void)wait(*pair.first, Condition::in, soon());
        (void)pair.first->read(sink);
        (void)pair.first->close();
        writer.join();
        assert_true(result->error().kind == ErrorKind::disconnected);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_and_a_writer_on_each_side),
        cmocka_unit_test(a_waiting_reader_does_not_stop_the_writer),
        cmocka_unit_test(keys_change_while_both_threads_work),
        cmocka_unit_test(closing_ends_the_other_thread),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
