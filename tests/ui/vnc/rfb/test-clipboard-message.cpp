// The extended clipboard: both ways, cut, broken and malicious.
#include "ui/vnc/rfb/clipboard-message.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <zlib.h>

#include "tests/ui/vnc/rfb/written.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using namespace std::string_view_literals;

namespace {

/// A zlib stream; without its end, as a client leaves it that only flushes.
Bytes deflated(std::string_view plain, bool finish = true, int level = 6) {
    z_stream stream{};
    deflateInit(&stream, level);
    Bytes out(deflateBound(&stream, plain.size()) + 64);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = uInt(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, finish ? Z_FINISH : Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

/// A text behind a length, which may be wrong.
std::string sized(std::uint32_t size, std::string_view text) {
    Bytes out;
    ByteWriter(out).put(size).put_bytes(as_bytes(text));
    return std::string(as_text(out));
}

std::string sized(std::string_view text) {
    return sized(std::uint32_t(text.size()), text);
}

Bytes flagged(std::uint32_t flags, ByteView rest = {}) {
    Bytes out;
    ByteWriter(out).put(flags).put_bytes(rest);
    return out;
}

Bytes provide(ByteView compressed, std::uint32_t formats = clipboard_text) {
    return flagged(clipboard_provide | formats, compressed);
}

/// The text of a message; "(none)" or "(error)" otherwise.
std::string text_of(ByteView payload) {
    const auto message = parse_clipboard_message(payload);
    if (!message)
        return message.error().kind == ErrorKind::protocol ? "(error)" : "(wrong error)";
    const auto* provided = std::get_if<ClipboardProvide>(&*message);
    return provided != nullptr && provided->text ? *provided->text : "(none)";
}

bool is(ByteView payload, const ClipboardMessage& expected) {
    const auto message = parse_clipboard_message(payload);
    return message && *message == expected;
}

void reads_every_action(void**) {
    assert_true(is(flagged(clipboard_request | 1), ClipboardRequest{true}));
    assert_true(is(flagged(clipboard_request | 6), ClipboardRequest{false}));
    assert_true(is(flagged(clipboard_peek), ClipboardPeek{}));
    assert_true(is(flagged(clipboard_notify), ClipboardNotify{false}));
    assert_true(is(flagged(clipboard_notify | 3), ClipboardNotify{true}));
}

// P-RFB-16: sizes of formats that we do not know are skipped, and all must be there
void caps_have_a_size_for_each_format(void**) {
    Bytes sizes;
    ByteWriter(sizes).put(std::uint32_t(0xFFFFFFFF)).put(std::uint32_t(7));
    assert_true(is(flagged(clipboard_caps | clipboard_notify | 3, sizes),
                   ClipboardCaps{clipboard_caps | clipboard_notify | 3, 0xFFFFFFFF}));
    assert_true(
        is(flagged(clipboard_caps | 2, sizes), ClipboardCaps{clipboard_caps | 2, 0}));
    assert_true(is(flagged(clipboard_caps), ClipboardCaps{clipboard_caps, 0}));
    for (const std::uint32_t flags : {0x01000007u, 0xFFFFFFFFu})
        assert_false(parse_clipboard_message(flagged(flags, sizes)).has_value());
    assert_true(is(flagged(0xFFFFFFFF, Bytes(64)),
                   ClipboardCaps{.flags = 0xFFFFFFFF, .max_text = 0}));
}

// P-RFB-16: what has no meaning, or several, is nothing
void unknown_actions_are_nothing(void**) {
    for (const std::uint32_t flags :
         {0u, 0x00FF0001u, 0x20000001u, 0xE0000000u, 0x1A000001u, 0x0C000001u})
        assert_true(is(flagged(flags), std::monostate{}));
}

void refuses_payloads_without_flags(void**) {
    for (std::size_t size = 0; size < 4; ++size)
        assert_false(parse_clipboard_message(Bytes(size)).has_value());
}

void reads_text_with_and_without_a_nul(void**) {
    struct Row {
        std::string_view sent, text;
    };
    const Row rows[] = {
        {"hello\0"sv, "hello"},
        {"hello"sv, "hello"},
        {"\0"sv, ""},
        {""sv, ""},
        {"a\r\nb\r\n\0"sv, "a\nb\n"},
        {"a\rb\r"sv, "a\nb\n"},
        {"caf\xC3\xA9\0"sv, "caf\xC3\xA9"},
        {"bad\xFF\0"sv, "bad\xEF\xBF\xBD"},
        {"cut\0here\0"sv, "cut"},
    };
    for (const auto& row : rows)
        assert_string_equal(text_of(provide(deflated(sized(row.sent)))).c_str(),
                            std::string(row.text).c_str());
}

// CVE-15: a stream that is flushed and has no end is as good as one that ends
void text_does_not_need_the_streams_end(void**) {
    const auto open = deflated(sized("hello\0"sv), false);
    assert_string_equal(text_of(provide(open)).c_str(), "hello");
    // Nor what is behind the text's last byte.
    auto ended = deflated(sized("hello\0"sv));
    ended.resize(ended.size() - 4);
    assert_string_equal(text_of(provide(ended)).c_str(), "hello");
}

// CVE-14: what is behind the stream's end is not looked at
void stops_at_the_streams_end(void**) {
    for (const std::size_t extra : {1u, 2u, 4096u}) {
        auto data = deflated(sized("hello\0"sv));
        data.resize(data.size() + extra, std::byte(0x78));
        assert_string_equal(text_of(provide(data)).c_str(), "hello");
        // The text would go on there.
        auto shorter = deflated(sized(100, "hello"));
        shorter.resize(shorter.size() + extra, std::byte(0x78));
        assert_string_equal(text_of(provide(shorter)).c_str(), "(error)");
    }
}

// TRAP-14, P-RFB-16: the length inside is held against what is there
void refuses_a_length_beyond_the_data(void**) {
    for (const std::uint32_t size : {5u, 8u, 1000u, 1u << 20})
        assert_string_equal(text_of(provide(deflated(sized(size, "1234")))).c_str(),
                            "(error)");
    assert_string_equal(text_of(provide(deflated(sized(3, "1234")))).c_str(), "123");
    for (const std::size_t size : {0u, 1u, 3u})
        assert_string_equal(text_of(provide(deflated(std::string(size, '\0')))).c_str(),
                            "(error)");
}

// P-RFB-16: a bomb costs what its text may cost, and a text too long is none
void never_inflates_beyond_the_limit(void**) {
    constexpr std::size_t limit = max_clipboard_text_bytes;
    const auto most = text_of(provide(deflated(sized(std::string(limit, 'x')))));
    assert_int_equal(most.size(), limit);
    for (const std::size_t size : {limit + 1, limit * 64})
        assert_string_equal(
            text_of(provide(deflated(sized(std::string(size, 'x'))))).c_str(), "(none)");
    assert_string_equal(text_of(provide(deflated(sized(0xFFFFFFFF, "x")))).c_str(),
                        "(none)");
    // A small text in front of a bomb is only that text.
    const auto bomb = sized("small") + std::string(limit * 64, 'x');
    assert_string_equal(text_of(provide(deflated(bomb))).c_str(), "small");
}

// P-RFB-16: other formats are skipped, in front of nothing and behind the text
void other_formats_are_skipped(void**) {
    const auto both = deflated(sized("text\0"sv) + sized("{\\rtf1}"));
    assert_string_equal(text_of(provide(both, 3)).c_str(), "text");
    assert_string_equal(text_of(provide(deflated(sized("{\\rtf1}")), 2)).c_str(),
                        "(none)");
    assert_string_equal(text_of(provide({}, 0)).c_str(), "(none)");
}

// P-RFB-16, O-25: cut at every byte it is the text or an error
void cut_messages_are_errors(void**) {
    const auto whole = provide(deflated(sized("some text to be cut\0"sv)));
    std::size_t complete = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(size));
        const auto text = text_of(part);
        assert_true(text == "(error)" || text == "some text to be cut");
        complete += text != "(error)";
    }
    assert_true(complete <= 5); // the checksum, and the end of the last block
}

// O-30: garbage is an error, not a wait
void refuses_what_is_no_zlib_stream(void**) {
    for (const auto text :
         {"x"sv, "\x78\x9c"sv, "\x78\x9c\xff\xff\xff\xff"sv, "GIF89a"sv})
        assert_string_equal(text_of(provide(as_bytes(text))).c_str(), "(error)");
    // A stream that wants a dictionary.
    assert_string_equal(text_of(provide(as_bytes("\x78\xbb\x01\x02\x03\x04"))).c_str(),
                        "(error)");
}

void tells_what_we_can_do(void**) {
    assert_string_equal(test::hex(clipboard_caps_message(0)).c_str(), "1f00000100000000");
    assert_string_equal(test::hex(clipboard_caps_message(0x10000)).c_str(),
                        "1f00000100010000");
    assert_string_equal(test::hex(clipboard_request_message()).c_str(), "02000001");
    assert_string_equal(test::hex(clipboard_notify_message(true)).c_str(), "08000001");
    assert_string_equal(test::hex(clipboard_notify_message(false)).c_str(), "08000000");
}

void provided_text_has_crlf_and_a_nul(void**) {
    const auto payload = *clipboard_provide_message("a\nb");
    assert_string_equal(test::hex(ByteView(payload).first(4)).c_str(), "10000001");
    std::array<char, 64> plain{};
    uLongf size = plain.size();
    assert_int_equal(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                                reinterpret_cast<const Bytef*>(payload.data() + 4),
                                payload.size() - 4),
                     Z_OK);
    assert_true(std::string_view(plain.data(), size) == "\0\0\0\5a\r\nb\0"sv);
}

void what_we_provide_can_be_read(void**) {
    for (const auto& text : {std::string(), std::string("caf\xC3\xA9\n\nb\n"),
                             std::string(max_clipboard_text_bytes - 1, 'x')})
        assert_true(text_of(*clipboard_provide_message(text)) == text);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_action),
        cmocka_unit_test(caps_have_a_size_for_each_format),
        cmocka_unit_test(unknown_actions_are_nothing),
        cmocka_unit_test(refuses_payloads_without_flags),
        cmocka_unit_test(reads_text_with_and_without_a_nul),
        cmocka_unit_test(text_does_not_need_the_streams_end),
        cmocka_unit_test(stops_at_the_streams_end),
        cmocka_unit_test(refuses_a_length_beyond_the_data),
        cmocka_unit_test(never_inflates_beyond_the_limit),
        cmocka_unit_test(other_formats_are_skipped),
        cmocka_unit_test(cut_messages_are_errors),
        cmocka_unit_test(refuses_what_is_no_zlib_stream),
        cmocka_unit_test(tells_what_we_can_do),
        cmocka_unit_test(provided_text_has_crlf_and_a_nul),
        cmocka_unit_test(what_we_provide_can_be_read),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
