// Coroutines over every pair of connected channels.
#include "io/core/async-channel.hpp"

#include <array>
#include <string>
#include <vector>

#include "io/core/async-timer.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/matrix.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

const Stack& stack_of(void** state) {
    return *static_cast<const Stack*>(*state);
}

/// What a session's operations were told by whoever tests them.
struct Session {
    Deadline its_deadline{};    ///< of one operation
    std::stop_token its_stop{}; ///< of the same
    int interrupted_at = 0;     ///< which one; the others have none
    Deadline deadline{};
    std::stop_token stop{};
    int begun = 0; ///< operations so far
    std::optional<Error> error{};
    bool is_over = false;
    Bytes received{};

    void begin_next() {
        const bool is_it = ++begun == interrupted_at;
        deadline = is_it ? its_deadline : Deadline();
        stop = is_it ? its_stop : std::stop_token();
    }
};

/// Sends lines and awaits their echo. Five rounds make ten operations.
Co<Result<void>> talk(std::shared_ptr<Channel> channel, Session& session) {
    AsyncChannel io(std::move(channel));
    Bytes line(3000);
    for (int round = 0; round < 5; ++round) {
        std::ranges::fill(line, std::byte('a' + round));
        session.begin_next();
        const auto sent = co_await io.write_all(line, session.deadline, session.stop);
        if (!sent)
            co_return sent.error();
        Bytes back(line.size());
        session.begin_next();
        const auto got =
            co_await io.read_all_or_end(back, session.deadline, session.stop);
        if (!got)
            co_return got.error();
        if (!*got)
            co_return Error{ErrorKind::disconnected, 0, "too early"};
        session.received.insert(session.received.end(), back.begin(), back.end());
    }
    co_return {};
}

Co<void> echo(std::shared_ptr<Channel> channel) {
    AsyncChannel io(std::move(channel));
    std::array<std::byte, 700> buffer;
    for (;;) {
        const auto count = co_await io.read(buffer);
        if (!count || *count == 0)
            co_return;
        if (!co_await io.write_all(std::span(buffer).first(*count)))
            co_return;
    }
}

void begin(Session& session, std::shared_ptr<Channel> channel) {
    spawn<void>(nullptr, talk(std::move(channel), session), [&](Result<void> result) {
        if (!result)
            session.error = result.error();
        session.is_over = true;
    });
}

void a_coroutine_talks_and_another_echoes(void** state) {
    auto [first, second] = stack_of(state).make();
    Session session;
    spawn(nullptr, echo(second));
    begin(session, first);
    assert_true(run_until([&] { return session.is_over; }));
    assert_false(session.error.has_value());
    assert_int_equal(session.received.size(), 5 * 3000);
    assert_true(session.received.back() == std::byte('e'));
}

void every_operation_can_be_cancelled(void** state) {
    for (int n = 1; n <= 10; ++n) {
        auto [first, second] = stack_of(state).make();
        std::stop_source source;
        Session session{.its_stop = source.get_token(), .interrupted_at = n};
        spawn(nullptr, echo(second));
        begin(session, first);
        (void)run_until([&] { return session.begun == n || session.is_over; });
        source.request_stop();
        // A write that found room at once, or an echo already there, is not interrupted.
        assert_true(run_until([&] { return session.is_over; }));
        if (session.error)
            assert_true(session.error->kind == ErrorKind::cancelled);
        else
            assert_int_equal(session.received.size(), 5 * 3000);
    }
}

void a_read_is_cancelled_while_it_waits(void** state) {
    for (int n = 2; n <= 10; n += 2) {
        auto [first, second] = stack_of(state).make();
        std::stop_source source;
        Session session{.its_stop = source.get_token(), .interrupted_at = n};
        begin(session, first);
        // Echo only what comes before.
        Bytes line(3000);
        for (int round = 1; round < n / 2; ++round) {
            assert_true(run_until([&] { return session.begun == 2 * round; }));
            assert_true(read_all(*second, line).has_value());
            assert_true(write_all(*second, line).has_value());
        }
        assert_true(run_until([&] { return session.begun == n; }));
        drain();
        assert_false(session.is_over);
        source.request_stop();
        assert_true(run_until([&] { return session.is_over; }));
        assert_true(session.error && session.error->kind == ErrorKind::cancelled);
        assert_int_equal(session.received.size(), std::size_t(n / 2 - 1) * 3000);
    }
}

void a_read_ends_at_its_deadline(void** state) {
    auto [first, second] = stack_of(state).make();
    Session session{.its_deadline = deadline_after(milliseconds(2)), .interrupted_at = 2};
    begin(session, first);
    assert_true(run_until([&] { return session.is_over; }));
    assert_true(session.error && session.error->kind == ErrorKind::timed_out);
}

void closing_the_channel_ends_a_waiting_read(void** state) {
    auto [first, second] = stack_of(state).make();
    Session session;
    begin(session, first);
    assert_true(run_until([&] { return session.begun == 2; }));
    drain();
    (void)first->close();
    assert_true(run_until([&] { return session.is_over; }));
    assert_true(session.error.has_value());
    assert_true(drain() < 10);
}

void a_peer_that_leaves_ends_a_waiting_read(void** state) {
    auto [first, second] = stack_of(state).make();
    Session session;
    begin(session, first);
    assert_true(run_until([&] { return session.begun == 2; }));
    (void)second->close();
    assert_true(run_until([&] { return session.is_over; }));
    assert_true(session.error.has_value());
    assert_true(drain() < 10);
}

void a_write_waits_for_room_and_ends_at_its_deadline(void** state) {
    auto [first, second] = stack_of(state).make();
    std::optional<Error> error;
    const auto flood = [](std::shared_ptr<Channel> channel) -> Co<Result<void>> {
        AsyncChannel io(std::move(channel));
        const Bytes block(1 << 20);
        for (;;) {
            const auto sent =
                co_await io.write_all(block, deadline_after(milliseconds(5)));
            if (!sent)
                co_return sent.error();
        }
    };
    spawn<void>(nullptr, flood(first), [&](Result<void> result) {
        if (!result)
            error = result.error();
    });
    assert_true(run_until([&] { return error.has_value(); }));
    assert_true(error->kind == ErrorKind::timed_out);
}

} // namespace

int main() {
    const MatrixCase cases[] = {
        QIO_CASE(a_coroutine_talks_and_another_echoes),
        QIO_CASE(every_operation_can_be_cancelled),
        QIO_CASE(a_read_is_cancelled_while_it_waits),
        QIO_CASE(a_read_ends_at_its_deadline),
        QIO_CASE(closing_the_channel_ends_a_waiting_read),
        QIO_CASE(a_peer_that_leaves_ends_a_waiting_read),
        QIO_CASE(a_write_waits_for_room_and_ends_at_its_deadline),
    };
    return run_matrix(
        "async-contract", all_stacks(), [](const Stack& stack) { return stack.name; },
        cases);
}
