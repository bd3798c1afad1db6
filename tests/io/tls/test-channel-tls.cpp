// What TLS costs on the wire and below, and that nothing is lost on the way.
#include "io/tls/channel-tls.hpp"

#include <random>

#include "tests/io/tls/open-tls.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::byte(i * 7 + i / 251);
    return bytes;
}

// W10: small buffers share a record.
void a_hundred_vectors_of_one_byte_make_one_record(void**) {
    const OpenTls tls;
    assert_true(tls.is_open);
    Bytes data = pattern(100);
    std::vector<iovec> vectors;
    for (auto& byte : data)
        vectors.push_back({&byte, 1});
    assert_int_equal(**tls.server->writev(vectors), 100);
    assert_int_equal(tls.counter->writes, 1);
    const auto wire = drained(*tls.wire).data;
    const auto sizes = record_sizes(wire);
    assert_int_equal(sizes.size(), 1);
    assert_int_equal(wire.size(), sizes[0] + 5);
}

void a_large_write_makes_full_records_and_few_writes(void**) {
    const OpenTls tls(1 << 20);
    const Bytes data = pattern(16 * 16384 + 1);
    assert_int_equal(**tls.server->write(data), data.size());
    assert_int_equal(tls.counter->writes, 6); // three records each
    const auto sizes = record_sizes(drained(*tls.wire).data);
    assert_int_equal(sizes.size(), 17);
    for (std::size_t i = 0; i < 16; ++i)
        assert_true(sizes[i] >= 16384 && sizes[i] < 16384 + 300);
}

void uneven_vectors_fill_records_too(void**) {
    const OpenTls tls(1 << 20);
    Bytes data = pattern(100'000);
    std::vector<iovec> vectors;
    for (std::size_t at = 0, size = 1; at < data.size(); at += size, size = size * 3 + 1)
        vectors.push_back({data.data() + at, std::min(size, data.size() - at)});
    assert_int_equal(**tls.server->writev(vectors), data.size());
    assert_true(drained(*tls.client, 1 << 20).data == data);
}

// W11: many records come with one read of the transport.
void many_records_cost_few_reads_below(void**) {
    const OpenTls tls(1 << 20);
    const Bytes block = pattern(1000);
    for (int i = 0; i < 200; ++i)
        assert_int_equal(**tls.client->write(block), block.size());
    Bytes sink(1 << 20);
    std::size_t received = 0;
    while (received < 200 * block.size())
        received += **tls.server->read(std::span(sink).subspan(received));
    assert_true(received == 200 * block.size());
    // 4 KiB, 8, 16, 32, and then 64 at once.
    assert_true(tls.counter->reads <= 12);
    for (std::size_t i = 0; i < received; ++i)
        assert_true(sink[i] == block[i % block.size()]);
}

// W12
void one_read_takes_all_that_is_there(void**) {
    const OpenTls tls(1 << 20);
    const Bytes data = pattern(200'000);
    assert_int_equal(**tls.client->write(data), data.size());
    Bytes sink(data.size());
    assert_int_equal(**tls.server->read(sink), data.size());
    assert_true(sink == data);
}

void a_read_for_one_message_is_one_read_below(void**) {
    const OpenTls tls;
    assert_int_equal(**tls.client->write(pattern(300)), 300);
    Bytes sink(1000);
    assert_int_equal(**tls.server->read(sink), 300);
    assert_int_equal(tls.counter->reads, 1);
}

// IO-11: a reader who takes little is called again for what is opened already.
void what_a_small_read_leaves_keeps_the_reader_awake(void**) {
    const OpenTls tls;
    const Bytes data = pattern(16384);
    assert_int_equal(**tls.client->write(data), data.size());
    Bytes received;
    const Watch watch(*tls.server, Condition::in, [&](Condition) {
        std::array<std::byte, 100> little;
        if (const auto count = tls.server->read(little); count && *count)
            received.insert(received.end(), little.begin(),
                            little.begin() + std::ptrdiff_t(**count));
    });
    assert_true(run_until([&] { return received.size() == data.size(); }));
    assert_true(received == data);
    assert_true(drain() < 5);
}

// Half a record may wake its reader, but does not keep the loop turning.
void half_a_record_does_not_spin(void**) {
    const OpenTls tls;
    assert_int_equal(**tls.server->write(pattern(1000)), 1000);
    const Bytes wire = drained(*tls.wire).data;
    int calls = 0;
    std::size_t received = 0;
    const Watch watch(*tls.client, Condition::in, [&](Condition) {
        ++calls;
        Bytes sink(4096);
        if (const auto count = tls.client->read(sink); count && *count)
            received += **count;
    });
    // Back onto the wire, towards the client.
    for (const std::size_t cut : {std::size_t(3), std::size_t(500), wire.size()}) {
        static std::size_t at = 0;
        assert_true(
            write_all(*tls.counter, ByteView(wire).subspan(at, cut - at)).has_value());
        at = cut;
        const int before = calls;
        assert_true(run_until([&] { return calls != before; }));
        assert_true(drain() < 5);
        assert_int_equal(received, cut == wire.size() ? 1000 : 0);
    }
}

void writes_as_much_as_is_asked(const OpenTls& tls, std::mt19937& random) {
    const Bytes data = pattern(300'000);
    Bytes received, sink(50'000);
    std::size_t sent = 0;
    for (int i = 0; i < 100'000 && received.size() < data.size(); ++i) {
        if (sent < data.size()) {
            const std::size_t asked =
                std::min(data.size() - sent, std::size_t(1 + random() % 60'000));
            // Never the same buffer again: what counts is the bytes.
            const Bytes copy(data.begin() + std::ptrdiff_t(sent),
                             data.begin() + std::ptrdiff_t(sent + asked));
            const auto count = tls.server->write(copy);
            assert_true(count.has_value());
            assert_true(count->value_or(0) <= asked);
            sent += count->value_or(0);
        }
        if (random() % 3 != 0)
            continue;
        const auto count = tls.client->read(std::span(sink).first(1 + random() % 50'000));
        assert_true(count.has_value());
        received.insert(received.end(), sink.begin(),
                        sink.begin() + std::ptrdiff_t(count->value_or(0)));
    }
    assert_true(received == data);
}

// D25, P-TLS-09: a writer who meets a full transport comes back with any other size.
void a_write_after_would_block_never_reports_more_than_was_asked(void**) {
    std::mt19937 random(5);
    for (int round = 0; round < 20; ++round)
        writes_as_much_as_is_asked(OpenTls(500 + random() % 40'000), random);
}

void a_blocked_write_that_shrinks_to_one_byte_reports_one(void**) {
    const OpenTls tls(2000);
    const Bytes data = pattern(100'000);
    const auto first = tls.server->write(data);
    assert_true(first && *first && **first < data.size());
    std::size_t sent = **first;
    Bytes received;
    while (sent < data.size()) {
        const auto count = tls.server->write(ByteView(data).subspan(sent, 1));
        assert_true(count.has_value());
        assert_true(count->value_or(0) <= 1);
        sent += count->value_or(0);
        const auto more = drained(*tls.client).data;
        received.insert(received.end(), more.begin(), more.end());
    }
    const auto more = drained(*tls.client).data;
    received.insert(received.end(), more.begin(), more.end());
    assert_true(received == data);
}

// Who has written everything may go: nothing waits in the channel for his next visit.
void a_whole_write_has_left_the_channel(void**) {
    const OpenTls tls(1000);
    const Bytes data = pattern(70'000);
    std::size_t sent = 0;
    Bytes received;
    while (sent < data.size()) {
        sent += tls.server->write(ByteView(data).subspan(sent))->value_or(0);
        if (sent == data.size())
            break;
        const auto more = drained(*tls.client).data;
        received.insert(received.end(), more.begin(), more.end());
    }
    const auto more = drained(*tls.client).data;
    received.insert(received.end(), more.begin(), more.end());
    assert_true(received == data);
}

void what_a_session_agreed_on_can_be_asked(void**) {
    for (const auto* priority : {tls12, tls13}) {
        const OpenTls tls(64 * 1024, priority);
        for (auto* channel : {tls.client.get(), tls.server.get()}) {
            auto& info = channel->info();
            assert_true(info.protocol == (priority == tls12 ? "TLS1.2" : "TLS1.3"));
            assert_false(info.cipher.empty());
            assert_true(info.key_size == 16 || info.key_size == 32);
            assert_true(info.peer_name.empty());
            assert_false(info.is_resumed);
        }
    }
}

void what_the_layer_cannot_do_it_says(void**) {
    const OpenTls tls;
    assert_true(tls.server->has_feature(Feature::shutdown));
    assert_true(tls.server->has_feature(Feature::concurrent_io));
    for (const auto feature : {Feature::fd_pass, Feature::read_msg_peek,
                               Feature::write_zero_copy, Feature::seekable})
        assert_false(tls.server->has_feature(feature));
    std::byte byte{};
    const iovec vector{&byte, 1};
    assert_true(tls.server->readv({&vector, 1}, {.peek = true}).error().kind ==
                ErrorKind::not_supported);
    assert_true(tls.server->seek(0, Whence::set).error().kind ==
                ErrorKind::not_supported);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_vectors_of_one_byte_make_one_record),
        cmocka_unit_test(a_large_write_makes_full_records_and_few_writes),
        cmocka_unit_test(uneven_vectors_fill_records_too),
        cmocka_unit_test(many_records_cost_few_reads_below),
        cmocka_unit_test(one_read_takes_all_that_is_there),
        cmocka_unit_test(a_read_for_one_message_is_one_read_below),
        cmocka_unit_test(what_a_small_read_leaves_keeps_the_reader_awake),
        cmocka_unit_test(half_a_record_does_not_spin),
        cmocka_unit_test(a_write_after_would_block_never_reports_more_than_was_asked),
        cmocka_unit_test(a_blocked_write_that_shrinks_to_one_byte_reports_one),
        cmocka_unit_test(a_whole_write_has_left_the_channel),
        cmocka_unit_test(what_a_session_agreed_on_can_be_asked),
        cmocka_unit_test(what_the_layer_cannot_do_it_says),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
