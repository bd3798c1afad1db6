// The sound for one client, in the format it asked for.
#include "ui/vnc/audio-sender.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

#include "ui/vnc/rfb/extension-writer.hpp"

namespace qio::vnc {

namespace {

template <class Sample>
void put_little_endian(Bytes& out, Sample sample) {
    for (unsigned shift = 0; shift < 8 * sizeof sample; shift += 8)
        out.push_back(std::byte(sample >> shift & 0xFF));
}

/// A sample as a signed number of `bits` bits; 1 is the largest there is.
std::int64_t scaled(float sample, int bits) {
    const double scale = double(std::int64_t(1) << (bits - 1));
    const double value = std::round(double(sample) * scale);
    return std::int64_t(std::clamp(value, -scale, scale - 1));
}

// Unsigned samples have their silence in the middle, so the highest bit is turned.
void put_sample(Bytes& out, float sample, AudioSampleFormat format) {
    switch (format) {
    case AudioSampleFormat::U8:
        return put_little_endian(out, std::uint8_t(scaled(sample, 8) + 0x80));
    case AudioSampleFormat::S8:
        return put_little_endian(out, std::uint8_t(scaled(sample, 8)));
    case AudioSampleFormat::U16:
        return put_little_endian(out, std::uint16_t(scaled(sample, 16) + 0x8000));
    case AudioSampleFormat::S16:
        return put_little_endian(out, std::uint16_t(scaled(sample, 16)));
    case AudioSampleFormat::U32:
        return put_little_endian(out, std::uint32_t(scaled(sample, 32) + 0x80000000LL));
    case AudioSampleFormat::S32:
        return put_little_endian(out, std::uint32_t(scaled(sample, 32)));
    }
}

} // namespace

void AudioSender::set_format(const AudioParameters& wanted) {
    wanted_ = wanted;
    resampler_.reset();
}

void AudioSender::append_changes(Bytes& out) {
    const bool plays = enabled_ && playing_;
    if (std::exchange(begun_, plays) == plays)
        return;
    resampler_.reset(); // nothing of before is to be heard
    append_audio(out, plays ? ServerAudioOperation::Begin : ServerAudioOperation::End);
}

void AudioSender::append_samples(const ui::AudioFormat& format,
                                 std::span<const float> samples, Bytes& out) {
    if (!begun_ || samples.empty())
        return;
    if (!resampler_ || source_ != format) {
        source_ = format;
        auto made = Resampler::create(
            format, {.rate = int(wanted_.frequency), .channels = wanted_.channels});
        if (!made)
            return; // silence is all there is
        resampler_ = std::move(*made);
    }
    const auto converted = resampler_->convert(samples);
    if (converted.empty())
        return;
    Bytes data;
    data.reserve(converted.size() * sizeof(std::uint32_t));
    for (const float sample : converted)
        put_sample(data, sample, wanted_.format);
    append_audio_data(out, data);
}

} // namespace qio::vnc
