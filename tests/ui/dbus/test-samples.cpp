// Sound of every format that a machine may send.
#include "ui/dbus/samples.hpp"

#include <bit>
#include <cstring>
#include <limits>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;

namespace {

Bytes bytes_of(std::initializer_list<int> values) {
    Bytes bytes;
    for (const int value : values)
        bytes.push_back(std::byte(value));
    return bytes;
}

void reads_whole_numbers_of_every_size_and_order(void**) {
    struct Row {
        SampleFormat format;
        Bytes bytes;
        std::vector<float> wanted;
    };
    const auto format = [](int bits, bool is_signed, bool big) {
        return SampleFormat{
            .bits = std::uint8_t(bits), .is_signed = is_signed, .big_endian = big};
    };
    const Row rows[] = {
        {format(8, true, false), bytes_of({0x80, 0x00, 0x40}), {-1.0f, 0.0f, 0.5f}},
        {format(8, false, false), bytes_of({0x00, 0x80, 0xC0}), {-1.0f, 0.0f, 0.5f}},
        {format(16, true, false), bytes_of({0, 0x80, 0, 0x40}), {-1.0f, 0.5f}},
        {format(16, true, true), bytes_of({0x80, 0, 0x40, 0}), {-1.0f, 0.5f}},
        {format(16, false, false), bytes_of({0, 0x00, 0, 0xC0}), {-1.0f, 0.5f}},
        {format(16, false, true), bytes_of({0xC0, 0, 0x80, 0}), {0.5f, 0.0f}},
        {format(32, true, false), bytes_of({0, 0, 0, 0xC0}), {-0.5f}},
        {format(32, false, true), bytes_of({0xC0, 0, 0, 0}), {0.5f}},
        {format(16, true, false), bytes_of({0, 0x40, 7}), {0.5f}}, // a byte is left over
        {format(32, true, false), bytes_of({1, 2, 3}), {}},
        {format(16, true, false), {}, {}},
    };
    for (const auto& row : rows) {
        assert_true(audio_format(row.format).has_value());
        assert_true(samples_of(row.format, row.bytes) == row.wanted);
    }
}

void reads_floats_and_keeps_them_in_bounds(void**) {
    const float values[] = {0.25f, -7.0f, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()};
    const SampleFormat format{.bits = 32,
                              .is_float = true,
                              .big_endian = std::endian::native == std::endian::big};
    const std::vector<float> wanted = {0.25f, -1.0f, 1.0f, 0.0f};
    assert_true(samples_of(format, std::as_bytes(std::span(values))) == wanted);
}

void refuses_what_no_display_plays(void**) {
    const SampleFormat wrong[] = {
        {.bits = 24},
        {.bits = 0},
        {.bits = 64, .is_float = true},
        {.bits = 16, .is_float = true},
        {.rate = 0},
        {.rate = 0xFFFFFFFF},
        {.channels = 0},
        {.channels = 255},
    };
    for (const auto& format : wrong)
        assert_true(audio_format(format).error().kind == ErrorKind::invalid_argument);
    assert_true((audio_format({}).value() == ui::AudioFormat{44100, 2}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(reads_whole_numbers_of_every_size_and_order),
        cmocka_unit_test(reads_floats_and_keeps_them_in_bounds),
        cmocka_unit_test(refuses_what_no_display_plays),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
