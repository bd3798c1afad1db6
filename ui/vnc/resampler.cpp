// Sound of one rate and number of channels as that of another.
#include "ui/vnc/resampler.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace qio::vnc {

namespace {

/// For equal rates.
class ChannelMixer final : public Resampler {
public:
    ChannelMixer(int from, int to) : from_(from), to_(to) {}

    std::vector<float> convert(std::span<const float> samples) override {
        return with_channels(samples, from_, to_);
    }

private:
    const int from_;
    const int to_;
};

} // namespace

std::vector<float> with_channels(std::span<const float> samples, int from, int to) {
    if (from == to)
        return {samples.begin(), samples.end()};
    const auto step = std::size_t(from);
    std::vector<float> mixed;
    mixed.reserve(samples.size() / step * std::size_t(to));
    for (std::size_t at = 0; at + step <= samples.size(); at += step) {
        const auto frame = samples.subspan(at, step);
        if (to == 1) {
            mixed.push_back(std::accumulate(frame.begin(), frame.end(), 0.0f) /
                            float(from));
        } else {
            mixed.push_back(frame.front());
            mixed.push_back(frame[std::min<std::size_t>(1, step - 1)]);
        }
    }
    return mixed;
}

Result<std::unique_ptr<Resampler>> Resampler::create(const ui::AudioFormat& from,
                                                     const ui::AudioFormat& to) {
    if (from.rate != to.rate)
        return create_rate_converter(from, to);
    return std::make_unique<ChannelMixer>(from.channels, to.channels);
}

} // namespace qio::vnc
