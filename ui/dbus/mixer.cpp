// internal: what several voices of the machine play, as one sound.
#include "ui/dbus/mixer.hpp"

#include <algorithm>
#include <utility>

namespace qio::dbus {

namespace {

std::size_t channels_of(const ui::AudioChunk& chunk) {
    return std::size_t(chunk.format.channels);
}

std::uint64_t frames_of(const ui::AudioChunk& chunk) {
    return chunk.samples.size() / channels_of(chunk);
}

std::uint64_t max_frames(const ui::AudioFormat& format) {
    return std::uint64_t(format.rate) * std::uint64_t(Mixer::max_ahead.count()) / 1000;
}

/// As many of its first frames as there are, at most.
void drop_frames(ui::AudioChunk& chunk, std::uint64_t frames) {
    const auto count = std::min(frames, frames_of(chunk));
    chunk.samples.erase(chunk.samples.begin(),
                        chunk.samples.begin() +
                            std::ptrdiff_t(count * channels_of(chunk)));
}

} // namespace

/// Whether the leading voice has fallen silent, or there is none.
bool Mixer::leads_now(std::uint64_t id, const Voice& voice) const {
    return leading_.value_or(id) == id || voice.ahead > max_frames(voice.waiting.format);
}

ui::AudioChunk Mixer::play(std::uint64_t id, const ui::AudioFormat& format,
                           std::vector<float> samples) {
    auto& voice = voices_[id];
    auto& waiting = voice.waiting;
    if (waiting.format != format)
        waiting = {.format = format, .samples = {}};
    samples.resize(samples.size() - samples.size() % channels_of(waiting));
    voice.ahead += samples.size() / channels_of(waiting);
    waiting.samples.insert(waiting.samples.end(), samples.begin(), samples.end());
    if (!leads_now(id, voice)) {
        const auto frames = frames_of(waiting);
        drop_frames(waiting, frames - std::min(frames, max_frames(format)));
        return {.format = format, .samples = {}};
    }
    leading_ = id;
    ui::AudioChunk chunk{.format = format, .samples = std::exchange(waiting.samples, {})};
    add_others(chunk);
    return chunk;
}

/// What the others have played in the time of the chunk.
void Mixer::add_others(ui::AudioChunk& chunk) {
    const auto frames = frames_of(chunk);
    for (auto& [id, voice] : voices_) {
        voice.ahead = 0;
        auto& waiting = voice.waiting;
        if (waiting.format == chunk.format) {
            const auto count = std::min(waiting.samples.size(), chunk.samples.size());
            for (std::size_t i = 0; i < count; ++i)
                chunk.samples[i] += waiting.samples[i];
        }
        drop_frames(waiting, frames * std::uint64_t(waiting.format.rate) /
                                 std::uint64_t(chunk.format.rate));
    }
}

void Mixer::end(std::uint64_t id) {
    voices_.erase(id);
    if (leading_ == id)
        leading_.reset();
}

} // namespace qio::dbus
