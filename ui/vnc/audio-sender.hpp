// internal: the sound for one client, in the format it asked for.
#pragma once

#include <memory>
#include <span>

#include "io/base/bytes.hpp"
#include "ui/audio.hpp"
#include "ui/vnc/resampler.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// Knows no channel and no clock: messages are appended to a buffer, samples only when
/// the owner says that there is room. What finds none is dropped, never queued.
///
/// Limits: nothing grows with what the client sends.
class AudioSender {
public:
    /// The client wants to hear, or no longer.
    void enable(bool enabled) { enabled_ = enabled; }
    bool is_enabled() const { return enabled_; }
    /// Applies from the next samples on.
    void set_format(const AudioParameters& wanted);

    /// Whether the display plays anything.
    void set_playing(bool playing) { playing_ = playing; }
    /// Appends what begins or ends; at most one message of each, with whole ones only.
    void append_changes(Bytes& out);
    /// Appends what was played, resampled, if the client hears it. Requires:
    /// append_changes() was called since the last change.
    void append_samples(const ui::AudioFormat& format, std::span<const float> samples,
                        Bytes& out);

private:
    AudioParameters wanted_;
    bool enabled_ = false;
    bool playing_ = false;
    bool begun_ = false; // as far as the client knows
    ui::AudioFormat source_;
    std::unique_ptr<Resampler> resampler_; // from source_ to wanted_; null = not made yet
};

} // namespace qio::vnc
