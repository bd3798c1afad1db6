// Sound on its way from an emulator to viewers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"

namespace qio::ui {

inline constexpr int max_audio_channels = 8;
inline constexpr int min_audio_rate = 1000;
inline constexpr int max_audio_rate = 384000;

/// How an emulator's samples are to be read. They are interleaved: one frame holds one
/// sample of each channel.
struct AudioFormat {
    int rate = 44100; ///< frames in a second
    int channels = 2; ///< of more than two, the first two are left and right

    bool operator==(const AudioFormat&) const = default;
};

/// Errors: invalid_argument.
QIO_API Result<void> check(const AudioFormat& format);

/// Some frames of one format, as floats between -1 and 1.
struct AudioChunk {
    AudioFormat format;
    std::vector<float> samples; ///< whole frames

    bool operator==(const AudioChunk&) const = default;
};

/// Frames that wait to be taken. Not locked.
///
/// Limits: half a second; of more, the oldest are dropped.
class QIO_API AudioQueue {
public:
    /// How many frames of this format fit.
    static std::size_t capacity(const AudioFormat& format) {
        return std::size_t(format.rate) / 2;
    }

    /// Appends whole frames; what does not fill one is dropped. Those of another format
    /// that wait are dropped, too. Requires: check(format) passed.
    void push(const AudioFormat& format, std::span<const std::int16_t> samples);
    void push(const AudioFormat& format, std::span<const float> samples);
    /// All that waits.
    AudioChunk take();
    void clear() { chunk_.samples.clear(); }

private:
    template <class Sample>
    void append(const AudioFormat& format, std::span<const Sample> samples);

    AudioChunk chunk_;
};

} // namespace qio::ui
