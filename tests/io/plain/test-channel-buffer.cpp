// The channel over bytes in memory.
#include "io/plain/channel-buffer.hpp"

#include <cstring>
#include <string>

#include "io/core/transfer.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using Whence = Whence;

namespace {

std::string read_text(Channel& channel, std::size_t size) {
    std::string text(size, '?');
    const auto count = channel.read(std::as_writable_bytes(std::span(text)));
    text.resize(count && *count ? **count : 0);
    return text;
}

void put(Channel& channel, std::string_view text) {
    assert_int_equal(**channel.write(as_bytes(text)), text.size());
}

std::string all_of(const ChannelBuffer& channel) {
    return std::string(as_text(channel.data()));
}

void reads_from_where_it_stands(void**) {
    const auto channel = ChannelBuffer::create();
    put(*channel, "hello world");
    assert_string_equal(read_text(*channel, 5).c_str(), "");
    assert_int_equal(*channel->seek(6, Whence::set), 6);
    assert_string_equal(read_text(*channel, 3).c_str(), "wor");
    assert_string_equal(read_text(*channel, 9).c_str(), "ld");
    assert_int_equal(channel->position(), 11);
}

// D12.
void seek_knows_three_places_to_start_from(void**) {
    const auto channel = ChannelBuffer::create(100);
    put(*channel, "0123456789");
    assert_int_equal(*channel->seek(4, Whence::set), 4);
    assert_int_equal(*channel->seek(3, Whence::current), 7);
    assert_int_equal(*channel->seek(-2, Whence::current), 5);
    assert_int_equal(*channel->seek(-1, Whence::end), 9);
    assert_int_equal(*channel->seek(5, Whence::end), 15);
    assert_int_equal(*channel->seek(0, Whence::set), 0);
}

void seek_stays_within_bounds(void**) {
    const auto channel = ChannelBuffer::create(100);
    put(*channel, "0123456789");
    struct Case {
        std::int64_t offset;
        Whence whence;
        bool good;
    };
    const Case cases[] = {
        {-1, Whence::set, false},
        {100, Whence::set, true},
        {101, Whence::set, false},
        {INT64_MAX, Whence::set, false},
        {INT64_MIN, Whence::set, false},
        {-11, Whence::end, false},
        {-10, Whence::end, true},
        {90, Whence::end, true},
        {91, Whence::end, false},
        {INT64_MAX, Whence::end, false},
        {INT64_MAX, Whence::current, false},
        {-6, Whence::current, false},
        {-5, Whence::current, true},
        {95, Whence::current, true},
    };
    for (auto& [offset, whence, good] : cases) {
        assert_true(channel->seek(5, Whence::set).has_value());
        const auto result = channel->seek(offset, whence);
        assert_int_equal(result.has_value(), good);
        if (good)
            continue;
        assert_true(result.error().kind == ErrorKind::invalid_argument);
        assert_int_equal(channel->position(), 5);
    }
}

void writing_replaces_what_is_there(void**) {
    const auto channel = ChannelBuffer::create();
    put(*channel, "0123456789");
    assert_true(channel->seek(3, Whence::set).has_value());
    put(*channel, "abc");
    assert_string_equal(all_of(*channel).c_str(), "012abc6789");
    assert_true(channel->seek(-1, Whence::end).has_value());
    put(*channel, "XYZ");
    assert_string_equal(all_of(*channel).c_str(), "012abc678XYZ");
}

void a_gap_reads_as_zeros(void**) {
    const auto channel = ChannelBuffer::create();
    put(*channel, "ab");
    assert_true(channel->seek(3, Whence::end).has_value());
    // Behind the end: nothing to read, and still nothing there.
    assert_string_equal(read_text(*channel, 1).c_str(), "");
    assert_int_equal(channel->data().size(), 2);
    put(*channel, "c");
    assert_true(all_of(*channel) == std::string("ab\0\0\0c", 6));
}

void a_write_beyond_the_limit_changes_nothing(void**) {
    const auto channel = ChannelBuffer::create(8);
    put(*channel, "01234");
    const auto result = channel->write(as_bytes("5678"));
    assert_true(result.error().kind == ErrorKind::limit);
    assert_string_equal(all_of(*channel).c_str(), "01234");
    assert_int_equal(channel->position(), 5);
    put(*channel, "567");
    assert_true(channel->write(as_bytes("8")).error().kind == ErrorKind::limit);
    assert_int_equal(**channel->write({}), 0);
}

// Lengths whose sum does not fit are too much, not little.
void lengths_that_overflow_are_beyond_the_limit(void**) {
    const auto channel = ChannelBuffer::create();
    char byte = 0;
    const iovec huge[] = {{&byte, SIZE_MAX}, {&byte, 2}};
    assert_true(channel->writev(huge).error().kind == ErrorKind::limit);
}

void many_small_writes_do_not_move_everything_each_time(void**) {
    const auto channel = ChannelBuffer::create();
    int moves = 0;
    const std::byte* at = nullptr;
    for (int i = 0; i < 100'000; ++i) {
        put(*channel, "x");
        moves += at != channel->data().data();
        at = channel->data().data();
    }
    assert_in_range(moves, 1, 30);
}

void moves_vectors(void**) {
    const auto channel = ChannelBuffer::create();
    std::string parts[] = {"ab", "", "cde", "f"};
    std::vector<iovec> list;
    for (auto& part : parts)
        list.push_back(to_iovec(MutableBytes(std::as_writable_bytes(std::span(part)))));
    assert_int_equal(**channel->writev(list), 6);
    assert_true(channel->seek(1, Whence::set).has_value());
    for (auto& part : parts)
        std::ranges::fill(part, '.');
    assert_int_equal(**channel->readv(list), 5);
    assert_string_equal(parts[0].c_str(), "bc");
    assert_string_equal(parts[2].c_str(), "def");
    assert_string_equal(parts[3].c_str(), ".");
}

void close_frees_and_refuses(void**) {
    const auto channel = ChannelBuffer::create();
    put(*channel, "abc");
    assert_true(channel->close().has_value());
    assert_true(channel->data().empty());
    assert_true(channel->write(as_bytes("x")).error().kind == ErrorKind::closed);
    assert_true(channel->shutdown(Direction::read).error().kind ==
                ErrorKind::not_supported);
    assert_true(channel->has_feature(Feature::seekable));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_from_where_it_stands),
        cmocka_unit_test(seek_knows_three_places_to_start_from),
        cmocka_unit_test(seek_stays_within_bounds),
        cmocka_unit_test(writing_replaces_what_is_there),
        cmocka_unit_test(a_gap_reads_as_zeros),
        cmocka_unit_test(a_write_beyond_the_limit_changes_nothing),
        cmocka_unit_test(lengths_that_overflow_are_beyond_the_limit),
        cmocka_unit_test(many_small_writes_do_not_move_everything_each_time),
        cmocka_unit_test(moves_vectors),
        cmocka_unit_test(close_frees_and_refuses),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
