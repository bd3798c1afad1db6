// Frame headers, parsed and encoded, and the order of frames.
#include "io/websock/frame.hpp"

#include <algorithm>
#include <string_view>

#include "tests/io/websock/from-hex.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ws;

namespace {

constexpr MaskKey key{std::byte(0x37), std::byte(0xFA), std::byte(0x21), std::byte(0x3D)};

// RFC 6455 §5.7: the examples.
void parses_the_published_examples(void**) {
    struct Row {
        const char* bytes;
        Role role;
        FrameHeader header;
    };
    const Row rows[] = {
        {"81 05 48656c6c6f", Role::client, {true, 0, Opcode::text, false, {}, 5, 2}},
        {"81 85 37fa213d 7f9f4d5158",
         Role::server,
         {true, 0, Opcode::text, true, key, 5, 6}},
        {"01 03 48656c", Role::client, {false, 0, Opcode::text, false, {}, 3, 2}},
        {"80 02 6c6f", Role::client, {true, 0, Opcode::continuation, false, {}, 2, 2}},
        {"89 05 48656c6c6f", Role::client, {true, 0, Opcode::ping, false, {}, 5, 2}},
        {"8a 85 37fa213d 7f9f4d5158",
         Role::server,
         {true, 0, Opcode::pong, true, key, 5, 6}},
        {"82 7e 0100", Role::client, {true, 0, Opcode::binary, false, {}, 256, 4}},
        {"82 7f 0000000000010000",
         Role::client,
         {true, 0, Opcode::binary, false, {}, 65536, 10}},
    };
    for (auto& row : rows) {
        auto header = parse_frame_header(from_hex(row.bytes), row.role);
        assert_true(header.has_value() && header->has_value());
        assert_true(**header == row.header);
    }
    auto hello = from_hex("7f9f4d5158");
    unmask(hello, key, 0);
    assert_true(as_text(hello) == "Hello");
}

// O-04, P-WS-12
void needs_exactly_the_bytes_of_the_header(void**) {
    for (auto text :
         {"82 80 37fa213d", "82 fe 007e 37fa213d", "82 fe ffff 37fa213d",
          "82 ff 0000000000010000 37fa213d", "82 ff 7fffffffffffffff 37fa213d",
          "88 80 37fa213d", "00 fd 37fa213d"}) {
        auto bytes = from_hex(text);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            auto header = parse_frame_header(ByteView(bytes).first(size), Role::server);
            assert_true(header.has_value());
            assert_false(header->has_value());
        }
        bytes.resize(bytes.size() + 3);
        auto header = parse_frame_header(bytes, Role::server);
        assert_int_equal((*header)->header_size, bytes.size() - 3);
        assert_true((*header)->mask == key);
    }
}

struct BadHeader {
    const char* bytes; ///< the last one is the one that shows it
    Role role;
    const char* reason;
};

// P-WS-06, P-WS-07, P-WS-09, P-WS-11, TRAP-12, O-40
const BadHeader bad_headers[] = {
    {"92", Role::server, "reserved bit set"},
    {"a2", Role::server, "reserved bit set"},
    {"c2", Role::server, "reserved bit set"},
    {"f2", Role::client, "reserved bit set"},
    {"83", Role::server, "reserved opcode"},
    {"84", Role::server, "reserved opcode"},
    {"85", Role::server, "reserved opcode"},
    {"86", Role::server, "reserved opcode"},
    {"87", Role::server, "reserved opcode"},
    {"8b", Role::server, "reserved opcode"},
    {"8c", Role::server, "reserved opcode"},
    {"8d", Role::server, "reserved opcode"},
    {"8e", Role::server, "reserved opcode"},
    {"8f", Role::client, "reserved opcode"},
    {"03", Role::server, "reserved opcode"},
    {"08", Role::server, "fragmented control frame"},
    {"09", Role::server, "fragmented control frame"},
    {"0a", Role::client, "fragmented control frame"},
    {"82 00", Role::server, "client frames must be masked"},
    {"82 7f", Role::server, "client frames must be masked"},
    {"88 00", Role::server, "client frames must be masked"},
    {"88 02", Role::server, "client frames must be masked"},
    {"82 80", Role::client, "server frames must not be masked"},
    {"88 fe", Role::server, "control frame is too large"},
    {"89 ff", Role::server, "control frame is too large"},
    {"8a 7e", Role::client, "control frame is too large"},
    {"82 fe 0000", Role::server, "length is not in its shortest form"},
    {"82 fe 007d", Role::server, "length is not in its shortest form"},
    {"82 7e 0001", Role::client, "length is not in its shortest form"},
    {"82 ff 000000000000", Role::server, "length is not in its shortest form"},
    {"82 ff 80", Role::server, "length of 2^63 or more"},
    {"82 7f ff", Role::client, "length of 2^63 or more"},
};

void refuses_broken_headers_at_the_byte_that_shows_it(void**) {
    for (auto& row : bad_headers) {
        auto bytes = from_hex(row.bytes);
        auto before =
            parse_frame_header(ByteView(bytes).first(bytes.size() - 1), row.role);
        auto at = parse_frame_header(bytes, row.role);
        bytes.insert(bytes.end(), 14, std::byte(0xFF));
        auto after = parse_frame_header(bytes, row.role);
        bool is_right = before && !*before && !at && !after &&
                        at.error() == after.error() &&
                        at.error().code == CloseCode::protocol_error &&
                        at.error().reason == row.reason;
        if (!is_right)
            print_error("row: %s\n", row.bytes);
        assert_true(is_right);
    }
}

// Every first byte: what is known is let through, and nothing else.
void knows_all_first_bytes(void**) {
    for (unsigned bits = 0; bits < 256; ++bits) {
        auto opcode = bits & 0xF;
        bool is_data = opcode <= 2;
        bool is_sound = (bits & 0x70) == 0 &&
                        (is_data || (opcode >= 8 && opcode <= 10 && (bits & 0x80)));
        const std::byte bytes[] = {std::byte(bits), std::byte(0x00)};
        auto header = parse_frame_header(bytes, Role::client);
        assert_int_equal(header.has_value(), is_sound);
        assert_int_equal(is_known(Opcode(opcode)),
                         is_data || (opcode >= 8 && opcode <= 10));
        if (is_sound) {
            assert_int_equal(is_control((*header)->opcode), !is_data);
            assert_int_equal((*header)->fin, bits >= 0x80);
        }
    }
}

void lets_through_the_reserved_bits_it_is_told(void**) {
    auto header = parse_frame_header(from_hex("c2 00"), Role::client, 4);
    assert_int_equal((*header)->rsv, 4);
    assert_false(parse_frame_header(from_hex("a2 00"), Role::client, 4).has_value());
    assert_false(parse_frame_header(from_hex("d2 00"), Role::client, 4).has_value());
    assert_int_equal((*parse_frame_header(from_hex("92 00"), Role::client, 1))->rsv, 1);
}

void encodes_lengths_in_their_shortest_form(void**) {
    struct Row {
        std::uint64_t length;
        const char* bytes;
    };
    const Row rows[] = {
        {0, "82 00"},
        {125, "82 7d"},
        {126, "82 7e 007e"},
        {127, "82 7e 007f"},
        {65535, "82 7e ffff"},
        {65536, "82 7f 0000000000010000"},
        {0x7FFFFFFFFFFFFFFF, "82 7f 7fffffffffffffff"},
    };
    for (auto& row : rows) {
        auto header = encode_frame_header(Opcode::binary, Fin::yes, row.length);
        assert_true(std::ranges::equal(header.view(), from_hex(row.bytes)));
    }
    auto masked = encode_frame_header(Opcode::text, Fin::no, 5, key);
    assert_true(std::ranges::equal(masked.view(), from_hex("01 85 37fa213d")));
    auto longest = encode_frame_header(Opcode::continuation, Fin::no, 65536, key);
    assert_int_equal(longest.size, max_frame_header);
}

void parses_what_it_encodes(void**) {
    for (auto opcode : {Opcode::continuation, Opcode::text, Opcode::binary})
        for (auto fin : {Fin::no, Fin::yes})
            for (std::uint64_t length :
                 {0ull, 125ull, 126ull, 65535ull, 65536ull, 1ull << 62})
                for (bool masked : {false, true}) {
                    auto encoded = encode_frame_header(
                        opcode, fin, length, masked ? std::optional(key) : std::nullopt);
                    auto parsed = parse_frame_header(
                        encoded.view(), masked ? Role::server : Role::client);
                    FrameHeader expected{
                        fin == Fin::yes,          0,      opcode,      masked,
                        masked ? key : MaskKey{}, length, encoded.size};
                    assert_true(parsed.has_value() && *parsed == expected);
                }
}

FrameHeader header_of(char letter) {
    FrameHeader header;
    header.masked = true;
    header.fin = letter >= 'A' && letter <= 'Z';
    switch (header.fin ? char(letter | 0x20) : letter) {
    case 'c':
        header.opcode = Opcode::continuation;
        break;
    case 't':
        header.opcode = Opcode::text;
        break;
    case 'b':
        header.opcode = Opcode::binary;
        break;
    case 'x':
        header.opcode = Opcode::close;
        break;
    case 'p':
        header.opcode = Opcode::ping;
        break;
    default:
        header.opcode = Opcode::pong;
    }
    return header;
}

/// What the rules make of a sequence of frames, a letter for each.
/// Frames: Continuation, Text, Binary, X = close, Ping, O = pong; capital = FIN.
/// Results: d = data, c = control, . = ignored, 2 = 1002, 3 = 1003.
std::string results_of(std::string_view frames, AcceptText accept_text) {
    FrameRules rules(accept_text);
    std::string results;
    for (char letter : frames) {
        auto use = rules.next(header_of(letter));
        if (!use)
            results += char('0' + (int(use.error().code) - 1000));
        else
            results += *use == FrameUse::data      ? 'd'
                       : *use == FrameUse::control ? 'c'
                                                   : '.';
    }
    return results;
}

// TRAP-11, TRAP-12, P-WS-08, P-WS-10, IO-05
void judges_the_order_of_frames(void**) {
    struct Row {
        const char* frames;
        AcceptText accept_text;
        const char* results;
    };
    const Row rows[] = {
        {"BBB", AcceptText::no, "ddd"},       {"bcC", AcceptText::no, "ddd"},
        {"bCB", AcceptText::no, "ddd"},       {"bPcOPC", AcceptText::no, "dcdccd"},
        {"PO", AcceptText::no, "cc"},         {"C", AcceptText::no, "2"},
        {"c", AcceptText::no, "2"},           {"BC", AcceptText::no, "d2"},
        {"bCC", AcceptText::no, "dd2"},       {"PC", AcceptText::no, "c2"},
        {"bB", AcceptText::no, "d2"},         {"bb", AcceptText::no, "d2"},
        {"bPB", AcceptText::no, "dc2"},       {"bT", AcceptText::no, "d2"},
        {"T", AcceptText::no, "3"},           {"t", AcceptText::no, "3"},
        {"BT", AcceptText::no, "d3"},         {"T", AcceptText::yes, "d"},
        {"tPcC", AcceptText::yes, "dcdd"},    {"TBT", AcceptText::yes, "ddd"},
        {"tB", AcceptText::yes, "d2"},        {"X", AcceptText::no, "c"},
        {"XXBPTC", AcceptText::no, "c....."}, {"bXC", AcceptText::no, "dc."},
        {"CBX", AcceptText::no, "2.."},       {"TTP", AcceptText::no, "3.."},
    };
    for (auto& row : rows) {
        auto results = results_of(row.frames, row.accept_text);
        if (results != row.results)
            print_error("%s: %s\n", row.frames, results.c_str());
        assert_string_equal(results.c_str(), row.results);
    }
}

// TRAP-11
void control_frames_leave_the_message_as_it_is(void**) {
    FrameRules rules(AcceptText::yes);
    assert_false(rules.is_message_open());
    (void)rules.next(header_of('t'));
    (void)rules.next(header_of('P'));
    assert_true(rules.is_message_open());
    assert_true(rules.message_opcode() == Opcode::text);
    (void)rules.next(header_of('C'));
    assert_false(rules.is_message_open());
    assert_true(rules.message_opcode() == Opcode::text);
    (void)rules.next(header_of('b'));
    assert_true(rules.message_opcode() == Opcode::binary);
}

// O-34, P-WS-14
void holds_nothing_for_a_fragment(void**) {
    FrameRules rules(AcceptText::no);
    (void)rules.next(header_of('b'));
    for (int i = 0; i < 1000000; ++i)
        if (rules.next(header_of('c')) != FrameUse::data)
            assert_true(false);
    assert_true(sizeof rules <= 8);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(parses_the_published_examples),
        cmocka_unit_test(needs_exactly_the_bytes_of_the_header),
        cmocka_unit_test(refuses_broken_headers_at_the_byte_that_shows_it),
        cmocka_unit_test(knows_all_first_bytes),
        cmocka_unit_test(lets_through_the_reserved_bits_it_is_told),
        cmocka_unit_test(encodes_lengths_in_their_shortest_form),
        cmocka_unit_test(parses_what_it_encodes),
        cmocka_unit_test(judges_the_order_of_frames),
        cmocka_unit_test(control_frames_leave_the_message_as_it_is),
        cmocka_unit_test(holds_nothing_for_a_fragment),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
