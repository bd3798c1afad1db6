// The bounded byte queue: order, limit, and linear cost.
#include "io/base/byte-queue.hpp"

#include <deque>
#include <random>

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

void gives_back_what_was_appended(void**) {
    ByteQueue queue(1000);
    queue.append(as_bytes("hello "));
    queue.append(as_bytes("world"));
    assert_int_equal(queue.size(), 11);
    assert_int_equal(queue.room(), 989);
    queue.consume(6);
    assert_true(as_text(queue.readable()) == "world");
    queue.consume(5);
    assert_true(queue.empty());
}

void behaves_like_a_deque_under_random_use(void**) {
    std::mt19937 random(1);
    ByteQueue queue(5000);
    std::deque<std::byte> model;
    for (int step = 0; step < 20000; ++step) {
        if (random() % 2 == 0) {
            Bytes piece(random() % (queue.room() + 1));
            for (auto& byte : piece)
                byte = std::byte(random());
            queue.append(piece);
            model.insert(model.end(), piece.begin(), piece.end());
        } else {
            const std::size_t count = random() % (queue.size() + 1);
            queue.consume(count);
            model.erase(model.begin(), model.begin() + std::ptrdiff_t(count));
        }
        assert_int_equal(queue.size(), model.size());
        auto bytes = queue.readable();
        assert_true(std::equal(bytes.begin(), bytes.end(), model.begin()));
    }
}

void prepared_space_counts_only_when_committed(void**) {
    ByteQueue queue(16);
    auto space = queue.prepare(16);
    assert_int_equal(space.size(), 16);
    assert_int_equal(queue.size(), 0);
    space[0] = std::byte(7);
    queue.commit(1);
    assert_int_equal(queue.size(), 1);
    assert_int_equal(int(queue.readable()[0]), 7);
}

// A 64 MiB backlog drained 4 KiB at a time: quadratic moving would take minutes.
void drains_a_large_backlog_in_linear_time(void**) {
    constexpr std::size_t size = 64 << 20;
    ByteQueue queue(size);
    queue.prepare(size);
    queue.commit(size);
    while (!queue.empty())
        queue.consume(4096);
    assert_int_equal(queue.room(), size);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_appended),
        cmocka_unit_test(behaves_like_a_deque_under_random_use),
        cmocka_unit_test(prepared_space_counts_only_when_committed),
        cmocka_unit_test(drains_a_large_backlog_in_linear_time),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
