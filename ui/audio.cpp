// Sound on its way from an emulator to viewers.
#include "ui/audio.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace qio::ui {

namespace {

float as_float(std::int16_t sample) {
    return float(sample) / 32768.0f;
}

/// What is no number is silence.
float as_float(float sample) {
    return std::isnan(sample) ? 0.0f : std::clamp(sample, -1.0f, 1.0f);
}

} // namespace

Result<void> check(const AudioFormat& format) {
    if (format.rate < min_audio_rate || format.rate > max_audio_rate)
        return Error{ErrorKind::invalid_argument, 0,
                     "audio of " + std::to_string(format.rate) + " Hz"};
    if (format.channels < 1 || format.channels > max_audio_channels)
        return Error{ErrorKind::invalid_argument, 0,
                     "audio with " + std::to_string(format.channels) + " channels"};
    return {};
}

template <class Sample>
void AudioQueue::append(const AudioFormat& format, std::span<const Sample> samples) {
    if (format != chunk_.format)
        chunk_ = {.format = format, .samples = {}};
    const auto channels = std::size_t(format.channels);
    const auto room = capacity(format) * channels;
    samples = samples.first(samples.size() / channels * channels);
    if (samples.size() > room)
        samples = samples.last(room);
    auto& queue = chunk_.samples;
    if (queue.size() + samples.size() > room)
        queue.erase(queue.begin(),
                    queue.begin() + std::ptrdiff_t(queue.size() + samples.size() - room));
    queue.reserve(queue.size() + samples.size());
    for (const auto sample : samples)
        queue.push_back(as_float(sample));
}

void AudioQueue::push(const AudioFormat& format, std::span<const std::int16_t> samples) {
    append(format, samples);
}

void AudioQueue::push(const AudioFormat& format, std::span<const float> samples) {
    append(format, samples);
}

AudioChunk AudioQueue::take() {
    return {.format = chunk_.format, .samples = std::exchange(chunk_.samples, {})};
}

} // namespace qio::ui
