// The channel contract, run over every pair of connected channels.
#include "tests/support/stacks.hpp"

#include <array>
#include <random>
#include <string>
#include <thread>

#include "io/core/transfer.hpp"
#include "io/core/watch.hpp"
#include "tests/support/loop.hpp"

#include "tests/support/matrix.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr std::size_t transfer_size = 1 << 20;

const Stack& stack_of(void** state) {
    return *static_cast<const Stack*>(*state);
}

Bytes random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    Bytes bytes(size);
    for (auto& byte : bytes)
        byte = std::byte(random());
    return bytes;
}

/// Cuts `bytes` into 250 pieces of uneven size.
std::vector<iovec> in_250_vectors(MutableBytes bytes) {
    std::vector<iovec> vectors;
    std::size_t at = 0;
    for (std::size_t i = 0; i < 250; ++i) {
        const std::size_t end =
            i == 249 ? bytes.size() : bytes.size() * (i * i) / (249 * 249);
        vectors.push_back(to_iovec(bytes.subspan(at, end - at)));
        at = end;
    }
    return vectors;
}

/// Writes all of one buffer and fills another, driven by one watch.
class Pump {
public:
    Pump(Channel& channel, Bytes out, std::size_t expected, GMainContext* context)
        : channel_(channel), out_(std::move(out)), in_(expected),
          out_vectors_(in_250_vectors(out_)), in_vectors_(in_250_vectors(in_)),
          watch_(
              channel, Condition::in | Condition::out,
              [this](Condition condition) { on_ready(condition); }, context) {}

    bool is_done() const {
        return failed_ || (sent_ == out_.size() && got_ == in_.size());
    }
    bool has_failed() const { return failed_; }
    const Bytes& received() const { return in_; }

private:
    static std::vector<iovec> rest(const std::vector<iovec>& all, std::size_t skip) {
        std::vector<iovec> list;
        for (auto vector : all) {
            const std::size_t part = std::min(skip, vector.iov_len);
            skip -= part;
            vector.iov_base = static_cast<char*>(vector.iov_base) + part;
            vector.iov_len -= part;
            list.push_back(vector);
        }
        return list;
    }

    void on_ready(Condition condition) {
        if (has(condition, Condition::in) && got_ != in_.size()) {
            const auto count = channel_.readv(rest(in_vectors_, got_));
            failed_ = failed_ || !count || (*count && **count == 0);
            if (count && *count)
                got_ += **count;
        }
        if (has(condition, Condition::out) && sent_ != out_.size()) {
            const auto count = channel_.writev(rest(out_vectors_, sent_));
            failed_ = failed_ || !count;
            if (count && *count)
                sent_ += **count;
        }
        auto wanted = Condition::none;
        if (got_ != in_.size())
            wanted |= Condition::in;
        if (sent_ != out_.size())
            wanted |= Condition::out;
        if (any(wanted) && !failed_)
            watch_.set_condition(wanted);
        else
            watch_.reset();
    }

    Channel& channel_;
    Bytes out_;
    Bytes in_;
    std::vector<iovec> out_vectors_;
    std::vector<iovec> in_vectors_;
    std::size_t sent_ = 0;
    std::size_t got_ = 0;
    bool failed_ = false;
    Watch watch_;
};

void moves_a_mebibyte_both_ways_at_once_on_one_context(void** state) {
    auto [first, second] = stack_of(state).make();
    const Bytes there = random_bytes(transfer_size, 1);
    const Bytes back = random_bytes(transfer_size, 2);
    Pump one(*first, there, transfer_size, nullptr);
    Pump other(*second, back, transfer_size, nullptr);
    assert_true(run_until([&] { return one.is_done() && other.is_done(); }));
    assert_false(one.has_failed());
    assert_false(other.has_failed());
    assert_true(one.received() == back);
    assert_true(other.received() == there);
}

void moves_a_mebibyte_both_ways_at_once_on_two_threads(void** state) {
    auto [first, second] = stack_of(state).make();
    const Bytes there = random_bytes(transfer_size, 3);
    const Bytes back = random_bytes(transfer_size, 4);
    Bytes received_there;
    bool other_done = false;
    std::thread thread([&, channel = second] {
        const ThreadContext context;
        Pump other(*channel, back, transfer_size, context.get());
        other_done = run_until([&] { return other.is_done(); }, context.get());
        received_there = other.received();
    });
    Pump one(*first, there, transfer_size, nullptr);
    const bool done = run_until([&] { return one.is_done(); });
    thread.join();
    assert_true(done && other_done);
    assert_true(one.received() == back);
    assert_true(received_there == there);
}

void transfer_in(void** state, Blocking blocking) {
    auto [first, second] = stack_of(state).make();
    assert_true(first->set_blocking(blocking).has_value());
    assert_true(second->set_blocking(blocking).has_value());
    const Bytes sent = random_bytes(transfer_size, 5);
    for (auto& [writer, reader] : {std::pair(first, second), std::pair(second, first)}) {
        Bytes out = sent;
        Bytes in(transfer_size);
        bool written = false;
        std::thread thread([&, channel = writer] {
            written = writev_all(*channel, in_250_vectors(out)).has_value();
        });
        const auto result = readv_all(*reader, in_250_vectors(in));
        thread.join();
        assert_true(result.has_value());
        assert_true(written);
        assert_true(in == sent);
    }
}

void moves_a_mebibyte_without_a_main_loop_blocking(void** state) {
    transfer_in(state, Blocking::yes);
}

void moves_a_mebibyte_without_a_main_loop_nonblocking(void** state) {
    transfer_in(state, Blocking::no);
}

void delivers_all_bytes_before_end_of_stream(void** state) {
    for (std::size_t size : {0, 1, 2, 3, 124, 125, 126, 127, 4096, 40000}) {
        auto [first, second] = stack_of(state).make();
        const Bytes sent = random_bytes(size, unsigned(size));
        assert_true(write_all(*second, sent).has_value());
        assert_true(second->close().has_value());
        Bytes received(size);
        assert_true(read_all(*first, received).has_value());
        assert_true(received == sent);
        std::byte one_more;
        const auto end = read_all_or_end(*first, {&one_more, 1});
        assert_true(end.has_value());
        assert_false(*end);
    }
}

void a_zero_length_operation_does_nothing(void** state) {
    auto [first, second] = stack_of(state).make();
    assert_int_equal(**first->write({}), 0);
    assert_int_equal(**first->read({}), 0);
    std::byte byte;
    const auto nothing = second->read({&byte, 1});
    assert_true(nothing.has_value());
    assert_false(nothing->has_value());
}

// IO-36.
void reading_without_data_would_block_and_waiting_times_out(void** state) {
    auto [first, second] = stack_of(state).make();
    std::byte byte;
    for (auto& channel : {first, second}) {
        const auto nothing = channel->read({&byte, 1});
        assert_true(nothing.has_value());
        assert_false(nothing->has_value());
        const auto waited =
            wait(*channel, Condition::in,
                 {.deadline = deadline_after(std::chrono::milliseconds(1))});
        assert_false(waited.has_value());
        assert_true(waited.error().kind == ErrorKind::timed_out);
    }
}

void waiting_is_cancelled_from_another_thread(void** state) {
    auto [first, second] = stack_of(state).make();
    std::stop_source source;
    std::thread thread([&] { source.request_stop(); });
    const auto waited =
        wait(*second, Condition::in, {.deadline = {}, .stop = source.get_token()});
    thread.join();
    assert_false(waited.has_value());
    assert_true(waited.error().kind == ErrorKind::cancelled);
}

void writing_to_a_peer_that_left_is_an_error(void** state) {
    for (bool client_leaves : {true, false}) {
        auto [first, second] = stack_of(state).make();
        auto& leaver = client_leaves ? first : second;
        auto& stayer = client_leaves ? second : first;
        assert_true(leaver->close().has_value());
        const Bytes data(1 << 16);
        auto result = write_all(*stayer, data);
        for (int i = 0; i < 100 && result; ++i)
            result = write_all(*stayer, data);
        assert_false(result.has_value());
        assert_true(result.error().kind == ErrorKind::disconnected);
        assert_false(result.error().message.empty());
    }
}

void a_closed_channel_refuses_and_says_so(void** state) {
    auto [first, second] = stack_of(state).make();
    assert_true(second->close().has_value());
    assert_true(second->close().has_value());
    std::byte byte{};
    assert_true(second->read({&byte, 1}).error().kind == ErrorKind::closed);
    assert_true(second->write({&byte, 1}).error().kind == ErrorKind::closed);
    assert_true(has(*wait(*second, Condition::in), Condition::hup));
}

void a_writer_meets_a_bound_and_goes_on_when_the_reader_does(void** state) {
    auto [first, second] = stack_of(state).make();
    // Blocks of 64 KiB; what a short write leaves of one follows later.
    const Bytes block = random_bytes(1 << 16, 8); // which no layer makes smaller
    std::size_t sent = 0;
    const auto send_more = [&, writer = second] {
        const auto count = writer->write(ByteView(block).subspan(sent % block.size()));
        if (count && *count)
            sent += **count;
        return count && *count;
    };
    while (send_more())
        assert_true(sent < (64u << 20));
    Bytes sink(1 << 16);
    std::size_t received = 0;
    Watch watch(*second, Condition::out, [&](Condition) {
        if (sent % block.size() == 0 || !send_more())
            watch.set_condition(sent % block.size() == 0 ? Condition::none
                                                         : Condition::out);
    });
    const Watch reader(*first, Condition::in, [&, channel = first](Condition) {
        if (const auto count = channel->read(sink); count && *count)
            received += **count;
    });
    const bool done =
        run_until([&] { return sent % block.size() == 0 && received == sent; });
    assert_true(done);
}

void a_watch_wakes_for_data_and_sleeps_without(void** state) {
    auto [first, second] = stack_of(state).make();
    int calls = 0;
    std::string received;
    const Watch watch(*second, Condition::in, [&](Condition condition) {
        ++calls;
        std::array<std::byte, 100> buffer;
        if (const auto count = second->read(buffer);
            has(condition, Condition::in) && *count)
            received += as_text(std::span(buffer).first(**count));
    });
    assert_true(drain() < 10);
    assert_int_equal(calls, 0);
    assert_true(write_all(*first, as_bytes("hello")).has_value());
    assert_true(run_until([&] { return received == "hello"; }));
    assert_true(drain() < 10);
}

// IO-11: what a layer has buffered wakes the reader, however little it takes each time.
void a_watch_wakes_until_all_buffered_data_is_read(void** state) {
    auto [first, second] = stack_of(state).make();
    for (auto& [writer, reader] : {std::pair(first, second), std::pair(second, first)}) {
        const Bytes sent = random_bytes(3000, 7);
        assert_true(write_all(*writer, sent).has_value());
        Bytes received;
        const Watch watch(*reader, Condition::in, [&, channel = reader](Condition) {
            std::array<std::byte, 7> little;
            if (const auto count = channel->read(little); count && *count)
                received.insert(received.end(), little.begin(),
                                little.begin() + std::ptrdiff_t(**count));
        });
        assert_true(run_until([&] { return received.size() == sent.size(); }));
        assert_true(received == sent);
    }
}

void a_plain_source_works_like_a_watch(void** state) {
    auto [first, second] = stack_of(state).make();
    struct Seen {
        int calls = 0;
        Channel* channel = nullptr;
    } seen;
    const SourceRef source = create_source(*second, Condition::in);
    const ChannelSourceFunc callback = [](Channel* channel, GIOCondition, gpointer data) {
        auto& record = *static_cast<Seen*>(data);
        ++record.calls;
        record.channel = channel;
        return gboolean(G_SOURCE_REMOVE);
    };
    g_source_set_callback(source.get(), G_SOURCE_FUNC(callback), &seen, nullptr);
    g_source_attach(source.get(), nullptr);
    assert_true(drain() < 10);
    assert_true(write_all(*first, as_bytes("x")).has_value());
    assert_true(run_until([&] { return seen.calls == 1; }));
    assert_ptr_equal(seen.channel, second.get());
    assert_true(g_source_is_destroyed(source.get()));
}

void end_of_stream_wakes_the_reader(void** state) {
    auto [first, second] = stack_of(state).make();
    bool ended = false;
    Watch watch(*second, Condition::in, [&](Condition) {
        std::byte byte;
        const auto count = second->read({&byte, 1});
        ended = !count || (*count && **count == 0);
    });
    (void)first->close();
    assert_true(run_until([&] { return ended; }));
    watch.reset();
    assert_true(drain() < 10);
}

void closing_tells_a_watch_once_and_nothing_spins(void** state) {
    auto [first, second] = stack_of(state).make();
    int calls = 0;
    Condition seen = Condition::none;
    const Watch watch(*second, Condition::in, [&](Condition condition) {
        ++calls;
        seen = condition;
    });
    (void)second->close();
    assert_true(run_until([&] { return calls != 0; }));
    assert_true(has(seen, Condition::hup));
    assert_true(drain() < 10);
    assert_int_equal(calls, 1);
}

void a_callback_may_destroy_its_watch_and_its_channel(void** state) {
    auto [first, second] = stack_of(state).make();
    std::weak_ptr<Channel> gone = second;
    auto watch = std::make_unique<Watch>();
    bool called = false;
    *watch = Watch(*second, Condition::in, [&, channel = second](Condition) mutable {
        watch.reset();
        (void)channel->close();
        channel.reset();
        called = true;
    });
    second.reset();
    assert_true(write_all(*first, as_bytes("x")).has_value());
    assert_true(run_until([&] { return called; }));
    drain();
    assert_true(gone.expired());
}

} // namespace

int main() {
    const MatrixCase cases[] = {
        QIO_CASE(moves_a_mebibyte_both_ways_at_once_on_one_context),
        QIO_CASE(moves_a_mebibyte_both_ways_at_once_on_two_threads),
        QIO_CASE(moves_a_mebibyte_without_a_main_loop_blocking),
        QIO_CASE(moves_a_mebibyte_without_a_main_loop_nonblocking),
        QIO_CASE(delivers_all_bytes_before_end_of_stream),
        QIO_CASE(a_zero_length_operation_does_nothing),
        QIO_CASE(reading_without_data_would_block_and_waiting_times_out),
        QIO_CASE(waiting_is_cancelled_from_another_thread),
        QIO_CASE(writing_to_a_peer_that_left_is_an_error),
        QIO_CASE(a_closed_channel_refuses_and_says_so),
        QIO_CASE(a_writer_meets_a_bound_and_goes_on_when_the_reader_does),
        QIO_CASE(a_watch_wakes_for_data_and_sleeps_without),
        QIO_CASE(a_watch_wakes_until_all_buffered_data_is_read),
        QIO_CASE(a_plain_source_works_like_a_watch),
        QIO_CASE(end_of_stream_wakes_the_reader),
        QIO_CASE(closing_tells_a_watch_once_and_nothing_spins),
        QIO_CASE(a_callback_may_destroy_its_watch_and_its_channel),
    };
    return run_matrix(
        "contract", all_stacks(), [](const Stack& stack) { return stack.name; }, cases);
}
