// Sound that waits to be taken.
#include "ui/audio.hpp"

#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

constexpr AudioFormat mono{.rate = 8000, .channels = 1};
constexpr AudioFormat stereo{.rate = 8000, .channels = 2};

std::vector<std::int16_t> ramp(std::size_t count) {
    std::vector<std::int16_t> samples(count);
    std::iota(samples.begin(), samples.end(), std::int16_t(1));
    return samples;
}

void formats_have_limits(void**) {
    assert_true(check(AudioFormat{}).has_value());
    assert_true(check({1000, 1}).has_value());
    assert_true(check({384000, 8}).has_value());
    for (const AudioFormat& format :
         {AudioFormat{999, 1}, AudioFormat{384001, 1}, AudioFormat{-1, 2},
          AudioFormat{44100, 0}, AudioFormat{44100, 9}, AudioFormat{44100, -1}})
        assert_true(check(format).error().kind == ErrorKind::invalid_argument);
}

void samples_become_floats(void**) {
    AudioQueue queue;
    queue.push(mono, std::array<std::int16_t, 4>{0, 16384, -32768, 32767});
    const std::vector<float> expected = {0.0f, 0.5f, -1.0f, 32767.0f / 32768.0f};
    assert_true(queue.take() == (AudioChunk{mono, expected}));
    assert_true(queue.take().samples.empty());
}

void floats_are_held_between_one_and_minus_one(void**) {
    using limits = std::numeric_limits<float>;
    AudioQueue queue;
    queue.push(mono, std::array{2.0f, -limits::infinity(), limits::quiet_NaN(), 0.25f});
    assert_true(queue.take().samples == (std::vector<float>{1.0f, -1.0f, 0.0f, 0.25f}));
}

void frames_wait_in_order(void**) {
    AudioQueue queue;
    queue.push(stereo, std::array{0.1f, 0.2f});
    queue.push(stereo, std::array{0.3f, 0.4f, 0.5f}); // half a frame too many
    assert_true(queue.take().samples == (std::vector<float>{0.1f, 0.2f, 0.3f, 0.4f}));
}

// V-33: whatever is played, half a second is kept, and it is the latest
void keeps_the_latest_half_second(void**) {
    for (const std::size_t piece : {2u, 1000u, 7998u, 8000u, 8002u, 30000u}) {
        AudioQueue queue;
        const auto samples = ramp(30000);
        for (std::size_t at = 0; at + piece <= samples.size(); at += piece)
            queue.push(stereo, std::span(samples).subspan(at, piece));
        const auto used = samples.size() / piece * piece;
        const auto chunk = queue.take();
        assert_int_equal(chunk.samples.size(), 2 * AudioQueue::capacity(stereo));
        assert_true(chunk.samples.back() == float(used) / 32768.0f);
        assert_true(chunk.samples.front() == float(used - 7999) / 32768.0f);
    }
}

void another_format_starts_anew(void**) {
    AudioQueue queue;
    queue.push(stereo, std::array{0.1f, 0.2f});
    queue.push(mono, std::array{0.3f});
    assert_true(queue.take() == (AudioChunk{mono, {0.3f}}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(formats_have_limits),
        cmocka_unit_test(samples_become_floats),
        cmocka_unit_test(floats_are_held_between_one_and_minus_one),
        cmocka_unit_test(frames_wait_in_order),
        cmocka_unit_test(keeps_the_latest_half_second),
        cmocka_unit_test(another_format_starts_anew),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
