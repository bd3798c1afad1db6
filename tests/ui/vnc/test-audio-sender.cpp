// Sound in every format that a client may ask for.
#include "ui/vnc/audio-sender.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "tests/ui/vnc/rfb/written.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

constexpr ui::AudioFormat source{.rate = 44100, .channels = 2};

/// A client that hears.
AudioSender listening(const AudioParameters& wanted) {
    AudioSender sender;
    sender.set_format(wanted);
    sender.enable(true);
    sender.set_playing(true);
    Bytes out;
    sender.append_changes(out);
    return sender;
}

std::string changes(AudioSender& sender) {
    Bytes out;
    sender.append_changes(out);
    return test::hex(out);
}

/// The payload of one message of samples.
std::string heard(AudioSender& sender, const ui::AudioFormat& format,
                  std::span<const float> samples) {
    Bytes out;
    sender.append_samples(format, samples, out);
    if (out.empty())
        return "";
    const auto size = load_be<std::uint32_t>(out.data() + 4);
    return size + 8 == out.size() ? test::hex(ByteView(out).subspan(8)) : "(broken)";
}

void begin_and_end_follow_client_and_source(void**) {
    AudioSender sender;
    sender.set_playing(true);
    assert_string_equal(changes(sender).c_str(), "");
    sender.enable(true);
    assert_string_equal(changes(sender).c_str(), "ff010001");
    sender.enable(true);
    assert_string_equal(changes(sender).c_str(), "");
    sender.set_playing(false);
    assert_string_equal(changes(sender).c_str(), "ff010000");
    sender.enable(false);
    assert_string_equal(changes(sender).c_str(), "");
    sender.set_playing(true);
    assert_string_equal(changes(sender).c_str(), "");
}

// P-RFB-18: to turn it on twice, off twice, and on and off, changes nothing
void what_cancels_out_is_not_told(void**) {
    auto sender = listening({});
    for (int i = 0; i < 1000; ++i) {
        sender.enable(false);
        sender.enable(false);
        sender.enable(true);
    }
    assert_string_equal(changes(sender).c_str(), "");
    sender.enable(false);
    sender.enable(false);
    assert_string_equal(changes(sender).c_str(), "ff010000");
}

void samples_come_in_every_format(void**) {
    struct Row {
        AudioSampleFormat format;
        const char* data;
    };
    const Row rows[] = {
        {AudioSampleFormat::U8, "80c000ff"},
        {AudioSampleFormat::S8, "0040807f"},
        {AudioSampleFormat::U16, "008000c00000ffff"},
        {AudioSampleFormat::S16, "000000400080ff7f"},
        {AudioSampleFormat::U32, "00000080000000c000000000ffffffff"},
        {AudioSampleFormat::S32, "000000000000004000000080ffffff7f"},
    };
    const std::array samples{0.0f, 0.5f, -1.0f, 1.0f};
    for (const auto& row : rows) {
        auto sender = listening({row.format, 2, 44100});
        assert_string_equal(heard(sender, source, samples).c_str(), row.data);
    }
}

void channels_are_mixed_and_repeated(void**) {
    const std::array samples{0.0f, 0.5f, -1.0f, 1.0f};
    auto mono = listening({AudioSampleFormat::S8, 1, 44100});
    assert_string_equal(heard(mono, source, samples).c_str(), "2000");
    auto stereo = listening({AudioSampleFormat::S8, 2, 44100});
    assert_string_equal(heard(stereo, {44100, 1}, samples).c_str(), "000040408080"
                                                                    "7f7f");
    auto surround = listening({AudioSampleFormat::S8, 2, 44100});
    assert_string_equal(heard(surround, {44100, 4}, samples).c_str(), "0040");
    auto all = listening({AudioSampleFormat::S8, 1, 44100});
    assert_string_equal(heard(all, {44100, 4}, samples).c_str(), "10");
}

void nothing_is_heard_before_it_begins(void**) {
    AudioSender sender;
    const std::array samples{0.5f, 0.5f};
    assert_string_equal(heard(sender, source, samples).c_str(), "");
    sender.enable(true);
    sender.set_playing(true);
    assert_string_equal(heard(sender, source, samples).c_str(), "");
    changes(sender);
    assert_true(heard(sender, source, samples) != "");
    assert_string_equal(heard(sender, source, {}).c_str(), "");
}

void a_new_format_applies_at_once(void**) {
    auto sender = listening({AudioSampleFormat::S8, 2, 44100});
    const std::array samples{0.5f, 0.5f};
    assert_string_equal(heard(sender, source, samples).c_str(), "4040");
    sender.set_format({AudioSampleFormat::S16, 1, 44100});
    assert_string_equal(heard(sender, source, samples).c_str(), "0040");
}

#ifdef QIO_TEST_RESAMPLING
std::vector<float> tone(int rate, double frequency, std::size_t frames) {
    std::vector<float> samples(frames);
    for (std::size_t i = 0; i < frames; ++i)
        samples[i] =
            0.5f *
            float(std::sin(2 * std::numbers::pi * frequency * double(i) / double(rate)));
    return samples;
}

/// How often it crosses zero upwards.
std::size_t cycles(std::span<const float> samples) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
        count += samples[i - 1] < 0 && samples[i] >= 0;
    return count;
}

void a_tone_stays_the_same_at_another_rate(void**) {
    for (const int from : {8000, 32040, 48000, 96000}) {
        const auto resampler = *Resampler::create({from, 1}, {44100, 1});
        const auto samples = tone(from, 440, std::size_t(from));
        std::vector<float> all;
        for (std::size_t at = 0; at < samples.size(); at += 1000) {
            const auto piece = std::span(samples).subspan(
                at, std::min<std::size_t>(1000, samples.size() - at));
            const auto converted = resampler->convert(piece);
            all.insert(all.end(), converted.begin(), converted.end());
        }
        assert_in_range(all.size(), 44100 - 500, 44100 + 100);
        assert_in_range(cycles(all), 430, 441);
        float loudest = 0;
        for (const float sample : all)
            loudest = std::max(loudest, std::abs(sample));
        assert_true(loudest > 0.48f && loudest < 0.55f);
    }
}

// V-33: the ends of what is allowed
void extreme_rates_are_silence_or_sound(void**) {
    for (const int from : {ui::min_audio_rate, ui::max_audio_rate})
        for (const std::uint32_t to : {1u, 100u, 48000u}) {
            auto sender = listening({AudioSampleFormat::S16, 1, to});
            const std::vector<float> samples(std::size_t(from) / 2, 0.5f);
            const auto data = heard(sender, {from, 1}, samples);
            assert_true(data != "(broken)" && data.size() / 4 <= 24000 + 256);
        }
}
#else
void other_rates_are_silence(void**) {
    auto sender = listening({AudioSampleFormat::S16, 1, 8000});
    assert_string_equal(heard(sender, source, std::array{0.5f, 0.5f}).c_str(), "");
}
#endif

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(begin_and_end_follow_client_and_source),
        cmocka_unit_test(what_cancels_out_is_not_told),
        cmocka_unit_test(samples_come_in_every_format),
        cmocka_unit_test(channels_are_mixed_and_repeated),
        cmocka_unit_test(nothing_is_heard_before_it_begins),
        cmocka_unit_test(a_new_format_applies_at_once),
#ifdef QIO_TEST_RESAMPLING
        cmocka_unit_test(a_tone_stays_the_same_at_another_rate),
        cmocka_unit_test(extreme_rates_are_silence_or_sound),
#else
        cmocka_unit_test(other_rates_are_silence),
#endif
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
