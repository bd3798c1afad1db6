// Complete transfers over a channel that splits, blocks and fails.
#include "io/core/transfer.hpp"

#include <climits>
#include <vector>

#include "tests/support/drained.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/stacks.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

Bytes counted(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::byte(i * 7);
    return bytes;
}

/// Pieces of 0, 1, 2, 0, 1, 2, … bytes.
std::vector<iovec> uneven(MutableBytes bytes) {
    std::vector<iovec> list;
    for (std::size_t i = 0; !bytes.empty(); ++i) {
        const std::size_t size = std::min(bytes.size(), i % 3);
        list.push_back(to_iovec(bytes.first(size)));
        bytes = bytes.subspan(size);
    }
    return list;
}

std::shared_ptr<ScriptedChannel> scripted(std::shared_ptr<Channel> below,
                                          const Script& script) {
    return std::make_shared<ScriptedChannel>(std::move(below), script);
}

void moves_everything_in_pieces_of_any_size(void**) {
    const Bytes sent = counted(61);
    for (std::size_t chunk = 1; chunk <= sent.size() + 1; ++chunk)
        for (unsigned block_every : {0u, 2u, 3u, 7u}) {
            auto [near, far] = make_pipe_pair();
            const Script script{.max_chunk = chunk, .block_every = block_every};
            Bytes out = sent;
            Bytes in(sent.size());
            assert_true(writev_all(*scripted(near, script), uneven(out)).has_value());
            assert_true(readv_all(*scripted(far, script), uneven(in)).has_value());
            assert_true(in == sent);
        }
}

void every_failing_operation_is_reported(void**) {
    const Bytes sent = counted(20);
    unsigned failures = 0;
    for (unsigned n = 1;; ++n) {
        auto [near, far] = make_pipe_pair();
        const auto writer =
            scripted(near, {.max_chunk = 3, .block_every = 4, .fail_at = n});
        const auto result = write_all(*writer, sent);
        assert_true(result.has_value() != writer->has_failed());
        if (result)
            break;
        ++failures;
        assert_string_equal(result.error().message.c_str(), "scripted failure");
        // What had gone has gone, in order.
        const auto part = drained(*far).data;
        assert_true(std::equal(part.begin(), part.end(), sent.begin()));
    }
    for (unsigned n = 1;; ++n) {
        auto [near, far] = make_pipe_pair();
        (void)near->write(sent);
        Bytes in(sent.size());
        const auto reader =
            scripted(far, {.max_chunk = 3, .block_every = 4, .fail_at = n});
        const auto result = read_all(*reader, in);
        assert_true(result.has_value() != reader->has_failed());
        if (result)
            break;
        ++failures;
        assert_string_equal(result.error().message.c_str(), "scripted failure");
    }
    assert_true(failures >= 14);
}

void an_end_is_clean_only_before_the_first_byte(void**) {
    const Bytes sent = counted(9);
    for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
        auto [near, far] = make_pipe_pair();
        (void)near->write(sent);
        const auto reader = scripted(far, {.max_chunk = 2, .end_after = cut});
        Bytes in(sent.size());
        const auto result = read_all_or_end(*reader, in);
        if (cut == 0) {
            assert_true(result.has_value() && !*result);
            assert_true(read_all(*reader, in).error().kind == ErrorKind::disconnected);
        } else if (cut < sent.size()) {
            assert_true(result.error().kind == ErrorKind::disconnected);
            assert_false(result.error().message.empty());
        } else {
            assert_true(result.has_value() && *result);
            assert_true(in == sent);
        }
    }
}

void more_vectors_than_the_kernel_takes_are_no_problem(void**) {
    constexpr std::size_t count = 3 * IOV_MAX + 7;
    for (auto& stack : all_stacks()) {
        auto [near, far] = stack.make();
        Bytes out = counted(count);
        Bytes in(count);
        std::vector<iovec> out_list;
        std::vector<iovec> in_list;
        for (std::size_t i = 0; i < count; ++i) {
            out_list.push_back(to_iovec(MutableBytes(out).subspan(i, 1)));
            in_list.push_back(to_iovec(MutableBytes(in).subspan(i, 1)));
        }
        for (auto& [writer, reader] : {std::pair(near, far), std::pair(far, near)}) {
            assert_true(writev_all(*writer, out_list).has_value());
            assert_true(readv_all(*reader, in_list).has_value());
            assert_true(in == out);
            std::ranges::fill(in, std::byte());
        }
    }
}

// D19.
void nothing_to_move_touches_nothing(void**) {
    auto [near, far] = make_pipe_pair();
    const auto channel = scripted(near, {.fail_at = 1});
    const std::vector<iovec> empty(100, iovec{});
    assert_true(writev_all(*channel, {}).has_value());
    assert_true(writev_all(*channel, empty).has_value());
    assert_true(readv_all(*channel, empty).has_value());
    assert_true(*readv_all_or_end(*channel, empty));
    assert_int_equal(channel->operations(), 0);
}

void waits_no_longer_than_it_may(void**) {
    auto [near, far] = make_pipe_pair(16);
    const WaitOptions short_wait{.deadline =
                                     deadline_after(std::chrono::milliseconds(2))};
    Bytes block(40);
    assert_true(write_all(*near, block, short_wait).error().kind == ErrorKind::timed_out);
    assert_true(read_all(*far, block, short_wait).error().kind == ErrorKind::timed_out);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(moves_everything_in_pieces_of_any_size),
        cmocka_unit_test(every_failing_operation_is_reported),
        cmocka_unit_test(an_end_is_clean_only_before_the_first_byte),
        cmocka_unit_test(more_vectors_than_the_kernel_takes_are_no_problem),
        cmocka_unit_test(nothing_to_move_touches_nothing),
        cmocka_unit_test(waits_no_longer_than_it_may),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
