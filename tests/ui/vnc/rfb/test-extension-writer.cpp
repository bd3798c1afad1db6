// The messages of the extensions, byte for byte.
#include "ui/vnc/rfb/extension-writer.hpp"

#include <cstdint>

#include "tests/ui/vnc/rfb/written.hpp"
#include "ui/vnc/rfb/reader.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

// P-RFB-30: three zeros before the flags; P-RFB-20: from nothing to 64 bytes
void fences_carry_flags_and_payload(void**) {
    assert_written("f8000000"
                   "80000003"
                   "02"
                   "6869",
                   append_fence(out,
                                fence_request | fence_block_before | fence_block_after,
                                as_bytes("hi")));
    assert_written("f8000000"
                   "00000004"
                   "00",
                   append_fence(out, fence_sync_next, {}));
    Bytes out;
    append_fence(out, 0, Bytes(max_fence_bytes));
    assert_int_equal(out.size(), 9 + max_fence_bytes);
    assert_int_equal(out[8], max_fence_bytes);
}

void continuous_updates_end_with_a_byte(void**) {
    assert_written("96", append_end_of_continuous_updates(out));
}

// P-RFB-30: a zero before the version
void xvp_carries_version_and_code(void**) {
    assert_written("fa000101", append_xvp(out, XvpCode::Init));
    assert_written("fa000100", append_xvp(out, XvpCode::Fail));
}

void audio_begins_ends_and_has_data(void**) {
    assert_written("ff010001", append_audio(out, ServerAudioOperation::Begin));
    assert_written("ff010000", append_audio(out, ServerAudioOperation::End));
    assert_written("ff010002"
                   "00000003"
                   "616263",
                   append_audio_data(out, as_bytes("abc")));
    assert_written("ff010002"
                   "00000000",
                   append_audio_data(out, {}));
}

void extended_cut_text_has_a_negative_length(void**) {
    assert_written("03000000"
                   "fffffff8"
                   "1b00000100000000",
                   append_extended_server_cut_text(
                       out, as_bytes({"\x1b\x00\x00\x01\x00\x00\x00\x00", 8})));
}

void acknowledgements_are_rectangles(void**) {
    assert_written("00000000"
                   "028001e0"
                   "fffffefd",
                   append_qemu_audio(out, 640, 480));
    assert_written("0000000000000000"
                   "fffffec4",
                   append_extended_mouse_buttons(out));
    assert_written("00010000"
                   "028001e0"
                   "fffffeff",
                   append_qemu_pointer_motion(out, true, 640, 480));
    assert_written("00000000"
                   "028001e0"
                   "fffffeff",
                   append_qemu_pointer_motion(out, false, 640, 480));
}

void each_led_has_its_bit(void**) {
    const struct {
        ui::LockLeds leds;
        const char *qemu, *vmware;
    } rows[] = {
        {{}, "0000000000010001fffffefb00", "0000000000000000574d566800000000"},
        {{.scroll = true},
         "0000000000010001fffffefb01",
         "0000000000000000574d566800000001"},
        {{.num = true}, "0000000000010001fffffefb02", "0000000000000000574d566800000002"},
        {{.caps = true},
         "0000000000010001fffffefb04",
         "0000000000000000574d566800000004"},
    };
    for (const auto& row : rows) {
        assert_written(row.qemu, append_qemu_led_state(out, row.leds));
        assert_written(row.vmware, append_vmware_led_state(out, row.leds));
    }
}

// P-RFB-30: three zeros behind the shifts
void a_display_mode_tells_size_and_format(void**) {
    auto format = ui::server_native();
    format.big_endian = false;
    assert_written("00000000"
                   "028001e0"
                   "574d5669"
                   "20180001"
                   "00ff00ff00ff"
                   "100800"
                   "000000",
                   append_vmware_display_mode(out, 640, 480, format));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(fences_carry_flags_and_payload),
        cmocka_unit_test(continuous_updates_end_with_a_byte),
        cmocka_unit_test(xvp_carries_version_and_code),
        cmocka_unit_test(audio_begins_ends_and_has_data),
        cmocka_unit_test(extended_cut_text_has_a_negative_length),
        cmocka_unit_test(acknowledgements_are_rectangles),
        cmocka_unit_test(each_led_has_its_bit),
        cmocka_unit_test(a_display_mode_tells_size_and_format),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
