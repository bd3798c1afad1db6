// internal: sound as the machine sends it, as floats.
#pragma once

#include <cstdint>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "ui/audio.hpp"

namespace qio::dbus {

/// How a stream's samples are made. Any values are possible.
struct SampleFormat {
    std::uint8_t bits = 16;
    bool is_signed = true;
    bool is_float = false;
    std::uint32_t rate = 44100;
    std::uint8_t channels = 2;
    bool big_endian = false;

    bool operator==(const SampleFormat&) const = default;
};

/// How a display is told of such a stream.
/// Errors: invalid_argument if there are no such samples, or a display takes none.
Result<ui::AudioFormat> audio_format(const SampleFormat& format);

/// Whole samples as floats between -1 and 1; bytes that are left over are dropped.
/// Requires: audio_format() took the format.
std::vector<float> samples_of(const SampleFormat& format, ByteView bytes);

} // namespace qio::dbus
