// Messages from clients: whole, in pieces, and wrong.
#include "ui/vnc/rfb/reader.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

Bytes bytes(std::initializer_list<int> values) {
    Bytes result;
    for (const int value : values)
        result.push_back(std::byte(value));
    return result;
}

Bytes set_pixel_format(const ui::PixelFormat& format) {
    Bytes out(4, std::byte(0));
    ByteWriter writer(out);
    writer.put(format.bits_per_pixel).put(format.depth);
    writer.put(std::uint8_t(format.big_endian)).put(std::uint8_t(format.true_colour));
    writer.put(format.red_max).put(format.green_max).put(format.blue_max);
    writer.put(format.red_shift).put(format.green_shift).put(format.blue_shift);
    writer.put_zeros(3);
    return out;
}

Bytes set_encodings(std::size_t count, std::int32_t encoding) {
    Bytes out;
    ByteWriter writer(out);
    writer.put(std::uint8_t(2)).put(std::uint8_t(0xEE)).put(std::uint16_t(count));
    for (std::size_t i = 0; i < count; ++i)
        writer.put(std::uint32_t(encoding));
    return out;
}

Bytes cut_text_head(std::uint32_t length) {
    Bytes out = bytes({6, 0xEE, 0xEE, 0xEE});
    ByteWriter(out).put(length);
    return out;
}

Bytes cut_text(std::string_view text) {
    Bytes out = cut_text_head(std::uint32_t(text.size()));
    ByteWriter(out).put_bytes(as_bytes(text));
    return out;
}

Bytes set_desktop_size(int width, int height, int screens) {
    Bytes out;
    ByteWriter writer(out);
    writer.put(std::uint8_t(251)).put(std::uint8_t(0xEE));
    writer.put(std::uint16_t(width)).put(std::uint16_t(height));
    writer.put(std::uint8_t(screens)).put(std::uint8_t(0xEE));
    for (int i = 0; i < screens; ++i) {
        writer.put(std::uint32_t(i)).put(std::uint16_t(1)).put(std::uint16_t(2));
        writer.put(std::uint16_t(3)).put(std::uint16_t(4)).put(std::uint32_t(5));
    }
    return out;
}

constexpr Negotiated everything{.continuous_updates = true,
                                .fence = true,
                                .xvp = true,
                                .audio = true,
                                .extended_clipboard = true,
                                .extended_mouse_buttons = true};

Bytes fence(std::uint32_t flags, std::size_t size) {
    Bytes out = bytes({248, 0xEE, 0xEE, 0xEE});
    ByteWriter(out).put(flags).put(std::uint8_t(size));
    out.resize(out.size() + size, std::byte(0x5A));
    return out;
}

/// The head of an extended clipboard message of `magnitude` bytes.
Bytes clipboard_head(std::uint32_t magnitude) {
    return cut_text_head(0 - magnitude);
}

Bytes clipboard(const Bytes& payload) {
    Bytes out = clipboard_head(std::uint32_t(payload.size()));
    ByteWriter(out).put_bytes(payload);
    return out;
}

Bytes audio_format(int format, int channels, std::uint32_t frequency) {
    Bytes out = bytes({255, 1, 0, 2, format, channels});
    ByteWriter(out).put(frequency);
    return out;
}

struct Example {
    Bytes bytes;
    ClientMessage message;
    Negotiated negotiated{};
};

/// Messages that need something to be negotiated.
std::vector<Example> extended_examples() {
    std::vector<Example> all = {
        {bytes({150, 1, 0, 1, 0, 2, 0xFF, 0xFF, 0, 4}),
         EnableContinuousUpdates{true, {1, 2, 65535, 4}},
         {.continuous_updates = true}},
        {bytes({150, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
         EnableContinuousUpdates{},
         {.continuous_updates = true}},
        {fence(0x80000003, 0), ClientFence{0x80000003, {}}, {.fence = true}},
        {fence(0xFFFFFFFF, 64),
         ClientFence{0xFFFFFFFF, Bytes(64, std::byte(0x5A))},
         {.fence = true}},
        {bytes({250, 0xEE, 1, 4}), ClientXvp{4}, {.xvp = true}},
        {bytes({250, 0, 1, 255}), ClientXvp{255}, {.xvp = true}},
        {bytes({255, 1, 0, 0}), EnableAudio{true}, {.audio = true}},
        {bytes({255, 1, 0, 1}), EnableAudio{false}, {.audio = true}},
        {audio_format(5, 1, 48000),
         SetAudioFormat{{AudioSampleFormat::S32, 1, 48000}},
         {.audio = true}},
        {audio_format(0, 2, 1),
         SetAudioFormat{{AudioSampleFormat::U8, 2, 1}},
         {.audio = true}},
        {clipboard(bytes({0, 0, 0, 1})),
         ClientClipboard{bytes({0, 0, 0, 1})},
         {.extended_clipboard = true}},
        {clipboard(bytes({16, 0, 0, 1, 2, 3})),
         ClientClipboard{bytes({16, 0, 0, 1, 2, 3})},
         {.extended_clipboard = true}},
    };
    return all;
}

/// Messages whose meaning depends on what is negotiated, with everything negotiated.
std::vector<Example> changed_examples() {
    std::vector<Example> all = {
        {bytes({5, 0x7F, 0x12, 0x34, 0xFF, 0xFE}), PointerEvent{0x7F, 0x1234, 0xFFFE}},
        {bytes({5, 0x80, 0, 1, 0, 2, 0}), PointerEvent{0, 1, 2}},
        {bytes({5, 0x81, 0, 1, 0, 2, 1}), PointerEvent{0x081, 1, 2}},
        {bytes({5, 0xFF, 0, 1, 0, 2, 0xFE}), PointerEvent{0x17F, 1, 2}},
        {cut_text("x"), ClientCutText{bytes({'x'})}},
    };
    for (auto& example : all)
        example.negotiated = everything;
    return all;
}

std::vector<Example> examples() {
    const ui::PixelFormat format{16, 15, true, true, 31, 31, 31, 10, 5, 0};
    std::vector<Example> all = {
        {set_pixel_format(format), SetPixelFormat{format}},
        {set_pixel_format({}), SetPixelFormat{}},
        {set_encodings(0, 0), SetEncodings{}},
        {set_encodings(3, -223), SetEncodings{{3, Encoding::DesktopSize}}},
        {bytes({3, 1, 0, 1, 0, 2, 0xFF, 0xFF, 0, 4}),
         FramebufferUpdateRequest{true, {1, 2, 65535, 4}}},
        {bytes({3, 0, 0, 0, 0, 0, 0, 0, 0, 0}), FramebufferUpdateRequest{}},
        {bytes({4, 1, 0xEE, 0xEE, 1, 2, 3, 4}), KeyEvent{true, 0x01020304}},
        {bytes({4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}), KeyEvent{false, 0xFFFFFFFF}},
        {bytes({5, 0x81, 0x12, 0x34, 0xFF, 0xFE}), PointerEvent{0x81, 0x1234, 0xFFFE}},
        {cut_text(""), ClientCutText{}},
        {cut_text("caf\xE9\r"), ClientCutText{bytes({'c', 'a', 'f', 0xE9, '\r'})}},
        {set_desktop_size(800, 600, 0), SetDesktopSize{800, 600, {}}},
        {set_desktop_size(0, 65535, 2),
         SetDesktopSize{0, 65535, {{0, 1, 2, 3, 4, 5}, {1, 1, 2, 3, 4, 5}}}},
        {bytes({255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1E}),
         QemuExtendedKeyEvent{true, 0x61, 0x1E}},
        {bytes({255, 0, 1, 0, 0, 0, 0, 0x61, 0xFF, 0xFF, 0xFF, 0xFF}),
         QemuExtendedKeyEvent{true, 0x61, 0xFFFFFFFF}},
    };
    std::ranges::move(extended_examples(), std::back_inserter(all));
    std::ranges::move(changed_examples(), std::back_inserter(all));
    return all;
}

bool is_complete(const Result<std::optional<Parsed>>& result, const Example& example) {
    return result && *result && (*result)->consumed == example.bytes.size() &&
           (*result)->message == example.message;
}

void reads_every_message(void**) {
    for (const auto& example : examples())
        assert_true(is_complete(parse_client_message(example.bytes, example.negotiated),
                                example));
}

// P-RFB-24, O-25: no message depends on how its bytes arrive
void a_message_in_pieces_is_the_message(void**) {
    for (const auto& example : examples()) {
        for (std::size_t have = 0; have < example.bytes.size(); ++have) {
            // A copy of its own size, for the sanitizer to see what is read behind it.
            const Bytes part(example.bytes.begin(),
                             example.bytes.begin() + std::ptrdiff_t(have));
            const auto result = parse_client_message(part, example.negotiated);
            assert_true(result.has_value() && !result->has_value());
            const auto needed = *client_message_size(part, example.negotiated);
            assert_true(needed > have && needed <= example.bytes.size());
        }
        assert_int_equal(*client_message_size(example.bytes, example.negotiated),
                         example.bytes.size());
    }
}

// P-RFB-24: what follows a message is left alone
void messages_come_out_of_one_buffer_in_order(void**) {
    Bytes all;
    for (const auto& example : examples())
        ByteWriter(all).put_bytes(example.bytes);
    ByteView rest = all;
    for (const auto& example : examples()) {
        const auto result = parse_client_message(rest, example.negotiated);
        assert_true(is_complete(result, example));
        rest = rest.subspan((*result)->consumed);
    }
    assert_true(rest.empty());
}

// CVE-20: an empty list and an empty text are complete with their heads
void empty_contents_complete_at_once(void**) {
    assert_int_equal((*parse_client_message(set_encodings(0, 0)))->consumed, 4);
    assert_int_equal((*parse_client_message(cut_text("")))->consumed, 8);
}

// P-RFB-09, O-25: types nobody knows are refused with their first bytes
void refuses_unknown_types_by_number(void**) {
    for (int type = 0; type < 256; ++type) {
        const bool known = type == 0 || (type >= 2 && type <= 6) || type == 251;
        if (known || type == 255)
            continue;
        if (type == 150 || type == 248 || type == 250)
            continue; // known once they are negotiated
        const auto result = parse_client_message(bytes({type}), everything);
        assert_true(!result && result.error().kind == ErrorKind::protocol);
        const auto number = std::to_string(type);
        assert_true(result.error().message.ends_with(" " + number));
    }
    for (int type = 2; type < 256; ++type) {
        const auto result = parse_client_message(bytes({255, type}), everything);
        assert_true(!result && result.error().kind == ErrorKind::protocol);
        assert_true(result.error().message.ends_with(" " + std::to_string(type)));
    }
}

// CVE-05, P-RFB-15: the length alone decides, before any text is there
void refuses_long_cut_text_by_its_length(void**) {
    for (const std::uint32_t length : {1048577u, 0x01000000u, 0x7FFFFFFFu}) {
        const auto result = parse_client_message(cut_text_head(length));
        assert_true(!result && result.error().kind == ErrorKind::limit);
    }
    for (const std::uint32_t length : {0x80000000u, 0xFFFFFFFFu, 0xFFFFFFFCu}) {
        const auto result = parse_client_message(cut_text_head(length));
        assert_true(!result && result.error().kind == ErrorKind::protocol);
    }
}

// CVE-05, P-RFB-15: exactly 1 MiB is allowed
void reads_cut_text_up_to_the_limit(void**) {
    const std::string text(max_cut_text_bytes, '\0');
    const auto message = cut_text(text);
    assert_int_equal(message.size(), max_client_message_bytes);
    const auto almost = parse_client_message(ByteView(message).first(message.size() - 1));
    assert_true(almost.has_value() && !almost->has_value());
    const auto result = parse_client_message(message);
    assert_int_equal((*result)->consumed, message.size());
    assert_int_equal(std::get<ClientCutText>((*result)->message).latin1.size(),
                     text.size());
}

// P-RFB-10: a list of all lengths is one message, of which the favourites are kept
void keeps_a_bounded_number_of_encodings(void**) {
    for (const std::size_t count : {1023u, 1024u, 1025u, 65535u}) {
        const auto message = set_encodings(count, 0x574D5664);
        const auto result = parse_client_message(message);
        assert_int_equal((*result)->consumed, message.size());
        const auto& list = std::get<SetEncodings>((*result)->message).encodings;
        assert_int_equal(list.size(), std::min(count, max_encodings));
        assert_true(list.back() == Encoding::VMwareCursor);
    }
}

// P-RFB-17: as many screens as a byte can count
void reads_all_screens(void**) {
    const auto message = set_desktop_size(65535, 0, 255);
    const auto result = parse_client_message(message);
    assert_int_equal((*result)->consumed, 8 + 16 * 255);
    const auto& screens = std::get<SetDesktopSize>((*result)->message).screens;
    assert_int_equal(screens.size(), 255);
    assert_true(screens[254] == (Screen{254, 1, 2, 3, 4, 5}));
}

// CVE-03, CVE-06, P-RFB-12: a format that cannot be sent ends the connection
void refuses_impossible_pixel_formats(void**) {
    for (const int bits : {0, 1, 7, 9, 15, 24, 33, 64, 255}) {
        const auto result = parse_client_message(
            set_pixel_format({std::uint8_t(bits), 8, false, true, 7, 7, 3, 0, 3, 6}));
        assert_true(!result && result.error().kind == ErrorKind::protocol);
    }
    const auto no_red = parse_client_message(
        set_pixel_format({32, 24, false, true, 0, 255, 255, 16, 8, 0}));
    assert_true(!no_red && no_red.error().kind == ErrorKind::protocol);
}

void flags_are_true_unless_zero(void**) {
    auto format = set_pixel_format({});
    format[6] = format[7] = std::byte(0x80);
    const auto result = parse_client_message(format);
    const auto& read = std::get<SetPixelFormat>((*result)->message).format;
    assert_true(read.big_endian && read.true_colour);
    const auto key = parse_client_message(bytes({4, 2, 0, 0, 0, 0, 0, 1}));
    assert_true(std::get<KeyEvent>((*key)->message).down);
}

// V-32, O-25, P-RFB-16, P-RFB-18, P-RFB-19: what was not negotiated is refused, whatever
// else was
void refuses_what_was_not_negotiated(void**) {
    for (const auto& example : extended_examples()) {
        const auto refused = parse_client_message(example.bytes);
        assert_true(!refused && refused.error().kind == ErrorKind::protocol);
        Negotiated others = everything;
        if (example.negotiated.continuous_updates)
            others.continuous_updates = false;
        if (example.negotiated.fence)
            others.fence = false;
        if (example.negotiated.xvp)
            others.xvp = false;
        if (example.negotiated.audio)
            others.audio = false;
        if (example.negotiated.extended_clipboard)
            others.extended_clipboard = false;
        assert_false(parse_client_message(example.bytes, others).has_value());
    }
}

// V-32: a mask means what the client was told it means
void the_eighth_button_is_a_mark_once_that_is_negotiated(void**) {
    const auto message = bytes({5, 0x80, 0, 1, 0, 2, 2});
    const auto plain = parse_client_message(message);
    assert_int_equal((*plain)->consumed, 6);
    assert_int_equal(std::get<PointerEvent>((*plain)->message).button_mask, 0x80);
    const auto extended = parse_client_message(message, everything);
    assert_int_equal((*extended)->consumed, 7);
    assert_int_equal(std::get<PointerEvent>((*extended)->message).button_mask, 0x100);
}

// O-16, P-RFB-20: the length is checked before anything that it counts
void fences_carry_64_bytes_at_most(void**) {
    for (std::size_t size = 0; size < 256; ++size) {
        const auto head = fence(1, 0);
        auto announced = head;
        announced.back() = std::byte(size);
        const auto result = client_message_size(announced, everything);
        if (size <= max_fence_bytes)
            assert_int_equal(*result, 9 + size);
        else
            assert_true(!result && result.error().kind == ErrorKind::limit);
    }
}

// CVE-13, TRAP-15, P-RFB-16: every negative length is refused or a size that fits
void negative_lengths_are_sizes_with_flags(void**) {
    for (const std::uint32_t size : {0x80000000u, 0x7FFFFFFFu, 0x00100001u}) {
        const auto result = parse_client_message(clipboard_head(size), everything);
        assert_true(!result && result.error().kind == ErrorKind::limit);
    }
    for (const std::uint32_t size : {1u, 2u, 3u}) {
        const auto result = parse_client_message(clipboard_head(size), everything);
        assert_true(!result && result.error().kind == ErrorKind::protocol);
    }
    assert_int_equal(*client_message_size(clipboard_head(4), everything), 12);
    assert_int_equal(*client_message_size(clipboard_head(1 << 20), everything),
                     max_client_message_bytes);
}

// V-33, P-RFB-18: each field of an audio format has its limits
void refuses_impossible_audio_formats(void**) {
    struct Format {
        int format, channels;
        std::uint32_t frequency;
    };
    const std::array refused = {
        Format{6, 2, 44100},    Format{255, 2, 44100}, Format{3, 0, 44100},
        Format{3, 3, 44100},    Format{3, 2, 0},       Format{3, 2, 48001},
        Format{3, 2, 1u << 31}, Format{3, 2, ~0u},
    };
    for (const auto& [format, channels, frequency] : refused) {
        const auto result =
            parse_client_message(audio_format(format, channels, frequency), everything);
        assert_true(!result && result.error().kind == ErrorKind::protocol);
    }
    for (int operation = 3; operation < 65536; operation += 251) {
        const auto result = parse_client_message(
            bytes({255, 1, operation >> 8, operation & 0xFF}), everything);
        assert_true(!result && result.error().kind == ErrorKind::protocol);
    }
}

// P-RFB-19: a version nobody knows ends the session
void refuses_other_versions_of_xvp(void**) {
    for (const int version : {0, 2, 255}) {
        const auto result = parse_client_message(bytes({250, 0, version, 2}), everything);
        assert_true(!result && result.error().kind == ErrorKind::protocol);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_message),
        cmocka_unit_test(a_message_in_pieces_is_the_message),
        cmocka_unit_test(messages_come_out_of_one_buffer_in_order),
        cmocka_unit_test(empty_contents_complete_at_once),
        cmocka_unit_test(refuses_unknown_types_by_number),
        cmocka_unit_test(refuses_long_cut_text_by_its_length),
        cmocka_unit_test(reads_cut_text_up_to_the_limit),
        cmocka_unit_test(keeps_a_bounded_number_of_encodings),
        cmocka_unit_test(reads_all_screens),
        cmocka_unit_test(refuses_impossible_pixel_formats),
        cmocka_unit_test(flags_are_true_unless_zero),
        cmocka_unit_test(refuses_what_was_not_negotiated),
        cmocka_unit_test(the_eighth_button_is_a_mark_once_that_is_negotiated),
        cmocka_unit_test(fences_carry_64_bytes_at_most),
        cmocka_unit_test(negative_lengths_are_sizes_with_flags),
        cmocka_unit_test(refuses_impossible_audio_formats),
        cmocka_unit_test(refuses_other_versions_of_xvp),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
