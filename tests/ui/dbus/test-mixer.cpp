// Voices that play together, one after another, and at different paces.
#include "ui/dbus/mixer.hpp"

#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;

namespace {

using Samples = std::vector<float>;

constexpr ui::AudioFormat mono{1000, 1};
constexpr std::size_t max_frames = 200; // of that format

Samples played(Mixer& mixer, std::uint64_t voice, Samples samples,
               const ui::AudioFormat& format = mono) {
    const auto chunk = mixer.play(voice, format, std::move(samples));
    return chunk.format == format ? chunk.samples : Samples{-99};
}

void passes_a_single_voice_on_at_once(void**) {
    Mixer mixer;
    assert_true((played(mixer, 7, {0.1f, 0.2f}) == Samples{0.1f, 0.2f}));
    assert_true(played(mixer, 7, Samples(5000, 1)) == Samples(5000, 1));
    assert_true((played(mixer, 7, {0.5f}) == Samples{0.5f}));
}

void adds_what_the_others_play_meanwhile(void**) {
    Mixer mixer;
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
    assert_true(played(mixer, 2, {0.25f, -0.25f}).empty());
    assert_true(played(mixer, 3, {0.125f}).empty());
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.875f}));
    assert_true((played(mixer, 1, {0.5f, 0.5f}) == Samples{0.25f, 0.5f}));
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
}

void follows_another_voice_when_the_leading_one_ends(void**) {
    Mixer mixer;
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
    assert_true(played(mixer, 2, {0.25f}).empty());
    mixer.end(1);
    assert_true((played(mixer, 2, {0.125f}) == Samples{0.25f, 0.125f}));
    assert_true(played(mixer, 1, {1}).empty());
    mixer.end(1);
    assert_true((played(mixer, 2, {0.125f}) == Samples{0.125f}));
}

void follows_another_voice_when_the_leading_one_falls_silent(void**) {
    Mixer mixer;
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
    for (std::size_t i = 0; i < max_frames; ++i)
        assert_true(played(mixer, 2, {0.25f}).empty());
    assert_true(played(mixer, 2, {0.25f}) == Samples(max_frames + 1, 0.25f));
    assert_true((played(mixer, 2, {0.25f}) == Samples{0.25f}));
    assert_true(played(mixer, 1, {0.5f}).empty());
    assert_true((played(mixer, 2, {0.25f}) == Samples{0.75f}));
}

// Its clock runs faster; and it is no reason to follow it.
void drops_the_oldest_of_a_voice_that_is_ahead(void**) {
    Mixer mixer;
    assert_true((played(mixer, 1, {0}) == Samples{0}));
    for (int i = 1; i <= 1000; ++i) {
        assert_true(played(mixer, 2, Samples(2, float(i))).empty());
        const auto heard = played(mixer, 1, {0});
        assert_int_equal(heard.size(), 1);
        if (i == 1000) // each time one frame too many; 200 wait at most
            assert_true(heard.front() == 1000 - max_frames / 2 + 1);
    }
}

void hears_no_voice_of_another_format_than_the_leading_ones(void**) {
    constexpr ui::AudioFormat stereo{4000, 2};
    Mixer mixer;
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
    for (int i = 0; i < 1000; ++i) { // a hundredth of a second each
        assert_true(played(mixer, 2, Samples(80, 1), stereo).empty());
        assert_true(played(mixer, 1, Samples(10, 0.5f)) == Samples(10, 0.5f));
    }
    mixer.end(1);
    assert_true(played(mixer, 2, Samples(80, 1), stereo) == Samples(80, 1));
}

void begins_anew_with_another_format(void**) {
    Mixer mixer;
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
    assert_true(played(mixer, 2, {1}).empty());
    assert_true(played(mixer, 2, {2}, {1000, 2}).empty()); // half a frame
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
}

void forgets_what_was_not_to_be_heard(void**) {
    Mixer mixer;
    assert_true((played(mixer, 1, {0.5f}) == Samples{0.5f}));
    assert_true(played(mixer, 2, {1}).empty());
    mixer.clear();
    assert_true((played(mixer, 3, {0.5f}) == Samples{0.5f}));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(passes_a_single_voice_on_at_once),
        cmocka_unit_test(adds_what_the_others_play_meanwhile),
        cmocka_unit_test(follows_another_voice_when_the_leading_one_ends),
        cmocka_unit_test(follows_another_voice_when_the_leading_one_falls_silent),
        cmocka_unit_test(drops_the_oldest_of_a_voice_that_is_ahead),
        cmocka_unit_test(hears_no_voice_of_another_format_than_the_leading_ones),
        cmocka_unit_test(begins_anew_with_another_format),
        cmocka_unit_test(forgets_what_was_not_to_be_heard),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
