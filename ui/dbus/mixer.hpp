// internal: what several voices of the machine play, as one sound.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "ui/audio.hpp"

namespace qio::dbus {

/// Mixes voices, without a clock: one of them leads, and what the others play meanwhile
/// is added. The first that plays leads, until it ends, or falls silent while another one
/// goes on. Voices of another format than the leading one's are not heard.
///
/// Limits: of each voice max_ahead waits for the leading one; of more, the oldest is
/// dropped.
/// Context: one thread at a time.
class Mixer final {
public:
    static constexpr std::chrono::milliseconds max_ahead{200};

    /// What is to be heard next, often nothing: sums, which may be larger than 1. What
    /// does not fill a frame is dropped. Requires: check(format) passed.
    ui::AudioChunk play(std::uint64_t voice, const ui::AudioFormat& format,
                        std::vector<float> samples);
    /// The voice plays no longer, and what waits of it is dropped.
    void end(std::uint64_t voice);
    /// Nothing that was played so far is to be heard any more.
    void clear() { voices_.clear(), leading_.reset(); }

private:
    struct Voice {
        ui::AudioChunk waiting{};
        std::uint64_t ahead = 0; // frames since the leading voice has played
    };

    bool leads_now(std::uint64_t id, const Voice& voice) const;
    void add_others(ui::AudioChunk& chunk);

    std::map<std::uint64_t, Voice> voices_;
    std::optional<std::uint64_t> leading_;
};

} // namespace qio::dbus
