// Messages compressed and decompressed piece by piece.
#include "io/websock/deflate-stream.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/io/websock/from-hex.hpp"
#include "tests/support/heap.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

constexpr auto yes = ContextTakeover::yes;
constexpr auto no = ContextTakeover::no;
constexpr std::size_t whole = 65536;

static_assert(!std::is_copy_constructible_v<MessageDeflater>);
static_assert(!std::is_move_constructible_v<MessageDeflater>);
static_assert(!std::is_copy_constructible_v<MessageInflater>);
static_assert(!std::is_move_constructible_v<MessageInflater>);

/// How a message is cut: input pieces, and the size of the output buffer.
struct Cut {
    std::size_t piece = whole;
    std::size_t room = whole;
};

/// Runs `step(piece, fin, out)` over all of `input` until it is done. Empty on an error,
/// and when a step promises more than it keeps.
template <class Step>
std::optional<Bytes> run_message(ByteView input, Cut cut, Step step) {
    Bytes result;
    Bytes buffer(cut.room);
    std::size_t idle_steps = 0;
    while (idle_steps < 3) {
        const auto piece = input.first(std::min(cut.piece, input.size()));
        const auto fin = piece.size() == input.size() ? Fin::yes : Fin::no;
        const auto progress = step(piece, fin, MutableBytes(buffer));
        if (!progress || progress->consumed > piece.size() ||
            progress->produced > buffer.size())
            return std::nullopt;
        input = input.subspan(progress->consumed);
        result.insert(result.end(), buffer.begin(),
                      buffer.begin() + std::ptrdiff_t(progress->produced));
        if (progress->done)
            return input.empty() ? std::optional(result) : std::nullopt;
        // It stops for a reason: the input is used up, or the room.
        if (progress->consumed < piece.size() && progress->produced < buffer.size())
            return std::nullopt;
        idle_steps += progress->consumed == 0 && progress->produced == 0;
    }
    return std::nullopt;
}

std::optional<Bytes> deflate(MessageDeflater& deflater, ByteView message, Cut cut = {}) {
    return run_message(message, cut, [&](ByteView piece, Fin fin, MutableBytes out) {
        return deflater.deflate(piece, fin, out);
    });
}

std::optional<Bytes> inflate(MessageInflater& inflater, ByteView payload, Cut cut = {}) {
    return run_message(payload, cut, [&](ByteView piece, Fin fin, MutableBytes out) {
        return inflater.inflate(piece, fin, out);
    });
}

std::string inflated_text(MessageInflater& inflater, std::string_view hex, Cut cut = {}) {
    const auto result = inflate(inflater, from_hex(hex), cut);
    return result ? std::string(as_text(*result)) : "(error)";
}

Bytes bytes_of(std::string_view text) {
    const auto view = as_bytes(text);
    return {view.begin(), view.end()};
}

Bytes noise(std::size_t size, unsigned seed) {
    Bytes bytes(size);
    for (auto& byte : bytes) {
        seed = seed * 1664525 + 1013904223;
        byte = std::byte(seed >> 24);
    }
    return bytes;
}

/// Words in an order of their own: what compresses well, but not to nothing.
Bytes prose(std::size_t size, unsigned seed) {
    const std::string_view words[] = {"frame ",    "of ",   "the ",
                                      "message, ", "byte ", "and "};
    std::string text;
    for (; text.size() < size; seed = seed * 1664525 + 1013904223)
        text += words[(seed >> 24) % std::size(words)];
    return bytes_of(std::string_view(text).substr(0, size));
}

const Cut cuts[] = {{}, {1, whole}, {whole, 1}, {1, 1}, {3, 7}, {1000, 16}, {64, 4096}};

// RFC 7692 §7.2.3
void reads_the_examples_of_the_specification(void**) {
    const std::pair<std::vector<std::string_view>, std::string> rows[] = {
        {{"f2 48 cd c9 c9 07 00", "f2 00 11 00 00"}, "Hello"},
        {{"f2 48 cd c9 c9 07 00", "f2 48 cd c9 c9 07 00"}, "Hello"},
        {{"00 05 00 fa ff 48 65 6c 6c 6f 00"}, "Hello"},
        {{"f3 48 cd c9 c9 07 00 00", "f2 00 11 00 00"}, "Hello"},
        {{"f2 48 05 00 00 00 ff ff ca c9 c9 07 00"}, "Hello"},
        {{"00", "00"}, ""},
    };
    for (auto& [messages, text] : rows)
        for (auto cut : cuts) {
            MessageInflater inflater({});
            for (auto hex : messages)
                assert_string_equal(inflated_text(inflater, hex, cut).c_str(),
                                    text.c_str());
        }
}

// RFC 7692 §7.2.3.1, §7.2.3.2, §7.2.3.6
void writes_the_examples_of_the_specification(void**) {
    const auto hello = bytes_of("Hello");
    for (auto cut : cuts) {
        MessageDeflater keeps({}, {});
        assert_true(deflate(keeps, {}, cut) == from_hex("00"));
        assert_true(deflate(keeps, hello, cut) == from_hex("f2 48 cd c9 c9 07 00"));
        assert_true(deflate(keeps, {}, cut) == from_hex("00"));
        assert_true(deflate(keeps, {}, cut) == from_hex("00"));
        assert_true(deflate(keeps, hello, cut) == from_hex("f2 00 11 00 00"));
        MessageDeflater forgets({15, no}, {});
        for (int i = 0; i < 3; ++i)
            assert_true(deflate(forgets, hello, cut) == from_hex("f2 48 cd c9 c9 07 00"));
    }
}

void messages_come_back_as_they_were_however_they_are_cut(void**) {
    const Bytes messages[] = {
        {},
        bytes_of("a"),
        prose(300, 1),
        noise(300, 2),
        prose(40000, 3),
        noise(9000, 4),
        Bytes(40000),
        prose(5, 5),
    };
    const DeflateContext contexts[] = {{15, yes}, {15, no}, {9, yes}, {9, no}, {12, yes}};
    for (auto context : contexts)
        for (auto level : {1, 6})
            for (auto cut : cuts) {
                MessageDeflater deflater(context, {.level = level});
                MessageInflater inflater(context);
                for (auto& message : messages) {
                    const auto payload = deflate(deflater, message, cut);
                    assert_true(payload.has_value());
                    assert_true(inflate(inflater, *payload, cut) == message);
                }
            }
}

void small_buffers_cost_no_bytes(void**) {
    for (auto& message : {prose(50000, 1), noise(50000, 2), prose(17, 3)}) {
        MessageDeflater at_once({}, {});
        const auto expected = deflate(at_once, message);
        for (auto cut : cuts) {
            MessageDeflater in_pieces({}, {});
            assert_true(deflate(in_pieces, message, cut)->size() == expected->size());
        }
    }
}

void a_message_refers_back_only_if_that_was_agreed(void**) {
    const auto message = noise(1000, 7);
    MessageDeflater keeps({15, yes}, {});
    const auto first = *deflate(keeps, message);
    const auto second = *deflate(keeps, message);
    assert_true(second.size() < first.size() / 10);
    MessageInflater fresh({15, yes});
    assert_false(inflate(fresh, second).has_value());
    // A peer that does it all the same is found out.
    MessageInflater forgets({15, no});
    assert_true(inflate(forgets, first) == message);
    assert_false(inflate(forgets, second).has_value());

    MessageDeflater each({15, no}, {});
    assert_true(*deflate(each, message) == first);
    assert_true(*deflate(each, message) == first);
}

void a_window_holds_what_was_agreed_and_no_more(void**) {
    // The same noise again: 600 bytes back, with 512 bytes of window.
    const auto message = noise(600, 9);
    MessageDeflater narrow({9, yes}, {});
    assert_true(deflate(narrow, message)->size() >= 600);
    assert_true(deflate(narrow, message)->size() >= 600);
    MessageDeflater wide({10, yes}, {});
    assert_true(deflate(wide, message)->size() >= 600);
    assert_true(deflate(wide, message)->size() < 100);
}

// A peer whose zlib makes nine bits of eight refers further back than 256 bytes.
void eight_bits_are_read_and_never_written(void**) {
    auto message = noise(300, 5);
    message.insert(message.end(), message.begin(), message.end());
    MessageDeflater deflater({10, yes}, {});
    const auto payload = *deflate(deflater, message);
    assert_true(payload.size() < 400);
    MessageInflater inflater({8, yes});
    assert_true(inflate(inflater, payload, {whole, 16}) == message);
    assert_false(MessageDeflater({8, yes}, {}).is_worthwhile(1000000));
}

void only_messages_of_some_size_are_worth_it(void**) {
    MessageDeflater deflater({}, {.min_bytes = 64});
    assert_false(deflater.is_worthwhile(0));
    assert_false(deflater.is_worthwhile(63));
    assert_true(deflater.is_worthwhile(64));
    assert_true(MessageDeflater({}, {.min_bytes = 0}).is_worthwhile(0));
}

/// Zeros, compressed about a thousand times.
Bytes bomb(std::size_t size) {
    MessageDeflater deflater({}, {});
    return *deflate(deflater, Bytes(size), {whole, 4096});
}

// O-40
void a_bomb_costs_what_is_taken_out_of_it(void**) {
    const auto payload = bomb(std::size_t(8) << 20);
    assert_true(payload.size() < 10000);
    MessageInflater inflater({});
    const auto before = test::heap_bytes();
    ByteView rest(payload);
    std::array<std::byte, 64> out;
    for (std::size_t taken = 0; taken < 8192; taken += out.size()) {
        const auto step = inflater.inflate(rest, Fin::yes, out);
        assert_true(step && step->produced == out.size() && !step->done);
        rest = rest.subspan(step->consumed);
    }
    // The rest lies there as it came: its owner stops when the message is too big.
    assert_true(payload.size() - rest.size() < 200);
    assert_true(test::heap_bytes() < before + 64 * 1024);
}

// O-40
void a_bomb_of_empty_blocks_gives_nothing(void**) {
    // Final blocks of no bytes, each of which ends a stream of zlib's.
    Bytes payload;
    for (int i = 0; i < 100000; ++i)
        ByteWriter(payload).put<std::uint16_t>(0x0300);
    MessageInflater inflater({});
    assert_true(inflate(inflater, payload) == Bytes());
    assert_string_equal(inflated_text(inflater, "f2 48 cd c9 c9 07 00").c_str(), "Hello");
}

void what_breaks_off_is_refused(void**) {
    const auto message = prose(2000, 3);
    MessageDeflater deflater({}, {});
    const auto payload = *deflate(deflater, message);
    // The last byte only begins the block that is left out.
    for (std::size_t size = 1; size + 1 < payload.size(); ++size) {
        MessageInflater inflater({});
        const auto cut = ByteView(payload).first(size);
        assert_false(inflate(inflater, cut).has_value());
        MessageInflater in_pieces({});
        assert_false(inflate(in_pieces, cut, {1, 1}).has_value());
    }
}

void a_block_without_the_bits_behind_it_is_refused(void**) {
    // The block ends a bit before a byte does.
    MessageDeflater deflater({}, {});
    auto payload = *deflate(deflater, bytes_of("\x90\xA1\xB2\xC3\xD4"));
    assert_int_equal(payload.size(), 8);
    payload.pop_back();
    MessageInflater inflater({});
    assert_false(inflate(inflater, payload).has_value());
}

void invalid_data_is_refused_for_ever(void**) {
    for (auto hex : {
             "06",                         // a block of the reserved type
             "ff ff ff ff",                //
             "00 05 00 00 00 48",          // a length that is not confirmed
             "f2 00 11 00 00",             // further back than there is anything
             "f2 48 cd c9 c9 07 00 06",    //
             "f3 48 cd c9 c9 07 00 00 06", // behind a final block
             "01 01 00 fe ff",             // a stored block without its byte
             "04 c0 81 08 00 00 00 00",    // a dynamic block that goes nowhere
             "f3 48 cd c9 c9 07",          // a final block without its end
         }) {
        MessageInflater inflater({});
        Bytes out(100);
        auto step = inflater.inflate(from_hex(hex), Fin::yes, out);
        if (step)
            print_error("accepted: %s\n", hex);
        assert_false(step.has_value());
        assert_true(step.error().code == CloseCode::invalid_data);
        assert_false(step.error().reason.empty());
        const auto again = inflater.inflate(from_hex("00"), Fin::yes, out);
        assert_false(again.has_value());
        assert_true(again.error() == step.error());
    }
}

// §7.2.2 would have these incomplete; but nothing is missing.
void a_message_may_end_at_a_full_byte_behind_a_block(void**) {
    for (auto cut : cuts) {
        MessageInflater inflater({});
        assert_true(inflate(inflater, {}, cut) == Bytes());
        for (auto hex : {"f2 48 cd c9 c9 07 00 00 00 ff ff", "f3 48 cd c9 c9 07 00"}) {
            assert_string_equal(inflated_text(inflater, hex, cut).c_str(), "Hello");
            assert_string_equal(inflated_text(inflater, "f2 00 11 00 00", cut).c_str(),
                                "Hello");
            assert_true(inflate(inflater, {}, cut) == Bytes());
        }
    }
}

void without_room_nothing_moves(void**) {
    MessageInflater inflater({});
    const auto payload = from_hex("f2 48 cd c9 c9 07 00");
    auto step = inflater.inflate(payload, Fin::yes, {});
    assert_true(step && step->consumed == 0 && step->produced == 0 && !step->done);
    assert_string_equal(inflated_text(inflater, "f2 48 cd c9 c9 07 00").c_str(), "Hello");

    MessageDeflater deflater({}, {});
    const auto nothing = deflater.deflate({}, Fin::no, {});
    assert_true(nothing && !nothing->done);
    const auto end = deflater.deflate({}, Fin::yes, {});
    assert_true(end && end->produced == 0 && !end->done);
    assert_true(deflate(deflater, {}) == from_hex("00"));
}

// CVE-11
void memory_is_taken_when_it_is_needed_and_given_back(void**) {
    const auto message = prose(5000, 1);
    Bytes out(200), text(200);
    const auto before = test::heap_bytes();
    for (int i = 0; i < 1000; ++i) {
        MessageDeflater deflater({}, {});
        MessageInflater inflater({});
        if (i == 0)
            assert_true(test::heap_bytes() == before);
        // Left in the middle of a message.
        const auto payload = deflater.deflate(message, Fin::yes, out);
        assert_true(payload && payload->produced == out.size());
        const auto step = inflater.inflate(ByteView(out).first(150), Fin::no, text);
        assert_true(step && step->produced > 0);
        if (i == 0) {
            const auto taken = test::heap_bytes() - before;
            assert_true(taken > 250 * 1024 && taken < 330 * 1024);
        }
    }
    assert_true(test::heap_bytes() <= before + 4096);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples_of_the_specification),
        cmocka_unit_test(writes_the_examples_of_the_specification),
        cmocka_unit_test(messages_come_back_as_they_were_however_they_are_cut),
        cmocka_unit_test(small_buffers_cost_no_bytes),
        cmocka_unit_test(a_message_refers_back_only_if_that_was_agreed),
        cmocka_unit_test(a_window_holds_what_was_agreed_and_no_more),
        cmocka_unit_test(eight_bits_are_read_and_never_written),
        cmocka_unit_test(only_messages_of_some_size_are_worth_it),
        cmocka_unit_test(a_bomb_costs_what_is_taken_out_of_it),
        cmocka_unit_test(a_bomb_of_empty_blocks_gives_nothing),
        cmocka_unit_test(what_breaks_off_is_refused),
        cmocka_unit_test(a_block_without_the_bits_behind_it_is_refused),
        cmocka_unit_test(invalid_data_is_refused_for_ever),
        cmocka_unit_test(a_message_may_end_at_a_full_byte_behind_a_block),
        cmocka_unit_test(without_room_nothing_moves),
        cmocka_unit_test(memory_is_taken_when_it_is_needed_and_given_back),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
