// The server's messages, byte for byte.
#include "ui/vnc/rfb/writer.hpp"

#include <array>
#include <string>

#include "tests/ui/vnc/rfb/written.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr SecurityType types[] = {SecurityType::VeNCrypt, SecurityType::None};

void security_types_follow_the_version(void**) {
    assert_written("021301", append_security_types(out, Version::v3_8, types));
    assert_written("021301", append_security_types(out, Version::v3_7, types));
    assert_written("00000002",
                   append_security_types(out, Version::v3_3,
                                         std::array{SecurityType::VNCAuthentication}));
}

void failures_carry_a_reason_where_the_version_has_one(void**) {
    assert_written("00"
                   "00000002"
                   "6e6f",
                   append_connection_failed(out, Version::v3_8, "no"));
    assert_written("00"
                   "00000002"
                   "6e6f",
                   append_connection_failed(out, Version::v3_7, "no"));
    assert_written("00000000"
                   "00000002"
                   "6e6f",
                   append_connection_failed(out, Version::v3_3, "no"));
    assert_written("00000000", append_security_result(out));
    assert_written("00000001"
                   "00000002"
                   "6e6f",
                   append_security_failure(out, Version::v3_8, "no"));
    assert_written("00000001", append_security_failure(out, Version::v3_7, "no"));
    assert_written("00000001", append_security_failure(out, Version::v3_3, "no"));
}

// P-RFB-30: three zeros behind the shifts
void server_init_describes_our_pixels(void**) {
    auto format = ui::server_native();
    format.big_endian = false;
    assert_written("0280"
                   "01e0"
                   "20180001"
                   "00ff00ff00ff"
                   "100800"
                   "000000"
                   "0000000b"
                   "51454d5520287370656329",
                   append_server_init(out, 640, 480, format, "QEMU (spec)"));
    format = {16, 15, true, true, 31, 63, 127, 1, 2, 3};
    assert_written("ffff"
                   "0001"
                   "100f0101"
                   "001f003f007f"
                   "010203"
                   "000000"
                   "00000000",
                   append_server_init(out, 65535, 1, format, ""));
}

// V-20: the length is that of the bytes that follow
void a_name_is_sent_whole(void**) {
    for (const std::size_t size : {1017u, 1018u, 1024u, 5000u}) {
        Bytes out;
        append_desktop_name(out, std::string(size, 'n'));
        assert_int_equal(out.size(), 12 + 4 + size);
        assert_int_equal(load_be<std::uint32_t>(out.data() + 12), size);
    }
    assert_written("0000000000000000"
                   "fffffecd"
                   "00000002"
                   "c3a9",
                   append_desktop_name(out, "\xC3\xA9"));
}

void updates_and_rectangles_have_their_headers(void**) {
    assert_written("00000102", append_framebuffer_update(out, 0x0102));
    assert_written("0000ffff", append_framebuffer_update(out, until_last_rect));
    assert_written("0001"
                   "0002"
                   "ffff"
                   "0004"
                   "00000006",
                   append_rectangle(out, {1, 2, 65535, 4}, Encoding::Zlib));
    assert_written("00010002"
                   "ffff0004"
                   "00000001"
                   "00070008",
                   append_copy_rect(out, {1, 2, 65535, 4}, {7, 8}));
    assert_written("0000000000000000"
                   "ffffff20",
                   append_last_rect(out));
    assert_written("00000000"
                   "00050006"
                   "fffffefe",
                   append_qemu_extended_key_event(out, 5, 6));
}

// P-RFB-30: three zeros behind the number of screens
void desktop_sizes_carry_reason_status_and_screens(void**) {
    assert_written("00000000"
                   "03200258"
                   "ffffff21",
                   append_desktop_size(out, 800, 600));
    assert_written("00000000"
                   "028001e0"
                   "fffffecc"
                   "01000000"
                   "00000000"
                   "00000000"
                   "028001e0"
                   "00000000",
                   append_extended_desktop_size(
                       out, DesktopSizeReason::Server, DesktopSizeStatus::NoError, 640,
                       480, std::array{Screen{0, 0, 0, 640, 480, 0}}));
    assert_written("00010004"
                   "00010001"
                   "fffffecc"
                   "02000000"
                   "00000007"
                   "00010002"
                   "00030004"
                   "00000005"
                   "00000008"
                   "00000000"
                   "00010001"
                   "00000000",
                   append_extended_desktop_size(
                       out, DesktopSizeReason::ThisClient,
                       DesktopSizeStatus::RequestForwarded, 1, 1,
                       std::array{Screen{7, 1, 2, 3, 4, 5}, Screen{8, 0, 0, 1, 1, 0}}));
}

void a_colour_map_lists_its_entries(void**) {
    const ui::ColourMapEntry entries[] = {{1, 2, 0xFFFF}, {0x1234, 0, 7}};
    assert_written("01000102"
                   "0002"
                   "00010002ffff"
                   "123400000007",
                   append_colour_map(out, 0x0102, entries));
    Bytes out;
    append_colour_map(out, 0, ui::colour_map());
    assert_int_equal(out.size(), 6 + 256 * 6);
    assert_int_equal(load_be<std::uint16_t>(out.data() + 4), 256);
}

// P-RFB-30: three zeros before the length; P-RFB-15: text in Latin-1
void bell_and_cut_text(void**) {
    assert_written("02", append_bell(out));
    assert_written("03000000"
                   "00000000",
                   append_server_cut_text(out, ""));
    assert_written("03000000"
                   "00000004"
                   "61e93f0a",
                   append_server_cut_text(out, "a\xC3\xA9\xE2\x82\xAC\n"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(security_types_follow_the_version),
        cmocka_unit_test(failures_carry_a_reason_where_the_version_has_one),
        cmocka_unit_test(server_init_describes_our_pixels),
        cmocka_unit_test(a_name_is_sent_whole),
        cmocka_unit_test(updates_and_rectangles_have_their_headers),
        cmocka_unit_test(desktop_sizes_carry_reason_status_and_screens),
        cmocka_unit_test(a_colour_map_lists_its_entries),
        cmocka_unit_test(bell_and_cut_text),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
