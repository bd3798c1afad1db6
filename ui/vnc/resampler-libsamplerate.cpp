// Sound of another rate, by libsamplerate.
#include <cstddef>
#include <utility>

#include <samplerate.h>

#include "io/base/handle.hpp"
#include "ui/vnc/resampler.hpp"

namespace qio::vnc {

namespace {

// 97 dB of signal to noise, at a percent of a core or so.
constexpr int quality = SRC_SINC_FASTEST;

class RateConverter final : public Resampler {
public:
    using State = Handle<SRC_STATE, &src_delete>;

    RateConverter(State state, int from_channels, const ui::AudioFormat& to, double ratio)
        : state_(std::move(state)), from_channels_(from_channels), to_(to),
          ratio_(ratio) {}

    // Mixed down first, for less to resample.
    std::vector<float> convert(std::span<const float> samples) override {
        const auto mixed = with_channels(samples, from_channels_, to_.channels);
        const auto channels = std::size_t(to_.channels);
        const auto frames = mixed.size() / channels;
        std::vector<float> out((std::size_t(double(frames) * ratio_) + slack_frames) *
                               channels);
        SRC_DATA data{};
        data.data_in = mixed.data();
        data.input_frames = long(frames);
        data.data_out = out.data();
        data.output_frames = long(out.size() / channels);
        data.src_ratio = ratio_;
        if (src_process(state_.get(), &data) != 0)
            data.output_frames_gen = 0;
        out.resize(std::size_t(data.output_frames_gen) * channels);
        return out;
    }

private:
    /// More than the filter can hold back from the piece before.
    static constexpr std::size_t slack_frames = 256;

    const State state_;
    const int from_channels_;
    const ui::AudioFormat to_;
    const double ratio_;
};

} // namespace

Result<std::unique_ptr<Resampler>> create_rate_converter(const ui::AudioFormat& from,
                                                         const ui::AudioFormat& to) {
    const double ratio = double(to.rate) / double(from.rate);
    if (src_is_valid_ratio(ratio) == 0)
        return Error{ErrorKind::not_supported, 0, "audio rates too far apart"};
    int error = 0;
    RateConverter::State state(src_new(quality, to.channels, &error));
    if (!state)
        return Error{ErrorKind::exhausted, 0, src_strerror(error)};
    return std::make_unique<RateConverter>(std::move(state), from.channels, to, ratio);
}

} // namespace qio::vnc
