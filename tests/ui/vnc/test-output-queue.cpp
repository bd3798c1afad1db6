// What waits to be sent: the bytes, in their order, however they are taken.
#include "ui/vnc/output-queue.hpp"

#include <algorithm>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

Bytes bytes(std::size_t count, int first) {
    Bytes all(count);
    for (std::size_t i = 0; i < count; ++i)
        all[i] = std::byte(first + int(i));
    return all;
}

/// Everything in the queue, taken `step` bytes at a time through `width` buffers.
Bytes take_all(OutputQueue& queue, std::size_t step, std::size_t width) {
    Bytes all;
    std::vector<iovec> buffers(width);
    while (!queue.empty()) {
        const auto used = queue.gather(buffers);
        std::size_t missing = step;
        for (std::size_t i = 0; i < used && missing > 0; ++i) {
            const auto* const from = static_cast<const std::byte*>(buffers[i].iov_base);
            const auto count = std::min(missing, buffers[i].iov_len);
            all.insert(all.end(), from, from + count);
            missing -= count;
        }
        queue.consume(step - missing);
    }
    return all;
}

void bytes_come_in_their_order(void**) {
    for (const std::size_t step : {1, 2, 3, 7, 1000})
        for (const std::size_t width : {1, 2, 16}) {
            OutputQueue queue;
            Bytes expected;
            for (int i = 0; i < 20; ++i) {
                const auto piece = bytes(std::size_t(i % 5), i * 7);
                expected.insert(expected.end(), piece.begin(), piece.end());
                if (i % 3 == 0)
                    queue.add(EncodedPiece::of(std::make_shared<const Bytes>(piece)));
                else
                    ByteWriter(queue.tail()).put_bytes(piece);
            }
            assert_int_equal(queue.size(), expected.size());
            assert_true(take_all(queue, step, width) == expected);
            assert_true(queue.empty());
        }
}

/// Rows of `row_bytes` of the bytes 0 to 99, with a gap behind each.
EncodedPiece rows_of(const std::shared_ptr<const Bytes>& memory, std::size_t row_bytes,
                     std::size_t stride, std::size_t rows) {
    return {memory, memory->data(), row_bytes, rows, stride};
}

void rows_leave_without_their_gaps(void**) {
    const auto memory = std::make_shared<const Bytes>(bytes(100, 0));
    for (const std::size_t step : {1, 2, 3, 7, 1000})
        for (const std::size_t width : {1, 2, 16}) {
            OutputQueue queue;
            ByteWriter(queue.tail()).put_bytes(bytes(2, 100));
            queue.add(rows_of(memory, 3, 10, 4));
            queue.add(rows_of(memory, 5, 5, 2));
            queue.add(rows_of(memory, 5, 5, 0));
            Bytes expected = bytes(2, 100);
            for (const int at : {0, 10, 20, 30})
                ByteWriter(expected).put_bytes(bytes(3, at));
            ByteWriter(expected).put_bytes(bytes(10, 0));
            assert_int_equal(queue.size(), 24);
            assert_true(take_all(queue, step, width) == expected);
            assert_true(queue.empty());
            assert_int_equal(memory.use_count(), 1);
        }
}

void more_may_come_while_some_has_left(void**) {
    OutputQueue queue;
    ByteWriter(queue.tail()).put_bytes(bytes(4, 0));
    queue.consume(2);
    ByteWriter(queue.tail()).put_bytes(bytes(2, 4));
    queue.add(EncodedPiece::of(std::make_shared<const Bytes>(bytes(3, 6))));
    queue.consume(5);
    assert_int_equal(queue.size(), 2);
    assert_true(take_all(queue, 1, 1) == bytes(2, 7));
}

void shared_pieces_are_let_go_when_they_have_left(void**) {
    OutputQueue queue;
    const auto piece = std::make_shared<const Bytes>(bytes(3, 0));
    queue.add(EncodedPiece::of(piece));
    queue.add(EncodedPiece::of(piece));
    assert_int_equal(piece.use_count(), 3);
    queue.consume(2);
    assert_int_equal(piece.use_count(), 3);
    queue.consume(1);
    assert_int_equal(piece.use_count(), 2);
    queue.clear();
    assert_int_equal(piece.use_count(), 1);
    assert_true(queue.empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_in_their_order),
        cmocka_unit_test(rows_leave_without_their_gaps),
        cmocka_unit_test(more_may_come_while_some_has_left),
        cmocka_unit_test(shared_pieces_are_let_go_when_they_have_left),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
