// internal: sound of one rate and number of channels as that of another.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "io/base/error.hpp"
#include "ui/audio.hpp"

namespace qio::vnc {

/// A stream of sound that is converted piece by piece. The first two channels are left
/// and right; one channel is the mean of all, and many are made from one by repeating it.
class Resampler {
public:
    virtual ~Resampler() = default;

    /// Errors: not_supported (the rates differ, and this build cannot resample),
    /// exhausted. Requires: check(from) passed; `to` has a rate, and one or two channels.
    static Result<std::unique_ptr<Resampler>> create(const ui::AudioFormat& from,
                                                     const ui::AudioFormat& to);

    /// The frames that can be told from those given so far; the last ones come later.
    virtual std::vector<float> convert(std::span<const float> samples) = 0;
};

/// The frames with another number of channels. Requires: `to` is one or two.
std::vector<float> with_channels(std::span<const float> samples, int from, int to);

/// The library's part of create(), for different rates.
Result<std::unique_ptr<Resampler>> create_rate_converter(const ui::AudioFormat& from,
                                                         const ui::AudioFormat& to);

} // namespace qio::vnc
