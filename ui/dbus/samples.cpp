// internal: sound as the machine sends it, as floats.
#include "ui/dbus/samples.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>

namespace qio::dbus {

namespace {

template <class Word>
Word load(const std::byte* from, bool swap) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return swap ? std::byteswap(word) : word;
}

float from_float(std::uint32_t word) {
    const auto value = std::bit_cast<float>(word);
    return std::isnan(value) ? 0.0f : std::clamp(value, -1.0f, 1.0f);
}

/// A whole number of which the top bit is 2^(bits - 1); unsigned ones are shifted.
template <class Word>
float from_whole(Word word, bool is_signed) {
    constexpr auto top = Word(Word(1) << (sizeof(Word) * CHAR_BIT - 1));
    const auto value = std::make_signed_t<Word>(is_signed ? word : Word(word ^ top));
    return float(value) / float(top);
}

template <class Word>
std::vector<float> read_all(const SampleFormat& format, ByteView bytes) {
    const bool swap = format.big_endian != (std::endian::native == std::endian::big);
    std::vector<float> samples(bytes.size() / sizeof(Word));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto word = load<Word>(bytes.data() + i * sizeof(Word), swap);
        if constexpr (sizeof(Word) == sizeof(float))
            samples[i] =
                format.is_float ? from_float(word) : from_whole(word, format.is_signed);
        else
            samples[i] = from_whole(word, format.is_signed);
    }
    return samples;
}

} // namespace

Result<ui::AudioFormat> audio_format(const SampleFormat& format) {
    const bool has_size = format.bits == 32 ||
                          (!format.is_float && (format.bits == 8 || format.bits == 16));
    if (!has_size || format.rate > std::uint32_t(ui::max_audio_rate))
        return Error{ErrorKind::invalid_argument, 0,
                     "sound of " + std::to_string(format.bits) + " bits at " +
                         std::to_string(format.rate) + " Hz"};
    const ui::AudioFormat audio{int(format.rate), format.channels};
    QIO_TRY(check(audio));
    return audio;
}

std::vector<float> samples_of(const SampleFormat& format, ByteView bytes) {
    switch (format.bits) {
    case 8:
        return read_all<std::uint8_t>(format, bytes);
    case 16:
        return read_all<std::uint16_t>(format, bytes);
    default:
        return read_all<std::uint32_t>(format, bytes);
    }
}

} // namespace qio::dbus
