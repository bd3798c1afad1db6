// What clients say about the loss of pictures.
#include "ui/vnc/encodings/quality.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace qio::vnc {

namespace {

// Steps that look about equally far from each other.
constexpr int jpeg_qualities[] = {10, 20, 30, 40, 52, 65, 76, 84, 90, 96};

// From here on colours are kept for each two pixels, or for each.
constexpr int half_from = 60, full_from = 82;

/// By the offset from the first number; the last two, 8 and 16 pixels together, are not
/// what JPEG libraries do.
constexpr Subsampling subsamplings[] = {
    Subsampling::none, Subsampling::quarter, Subsampling::half,
    Subsampling::grey, Subsampling::quarter, Subsampling::quarter,
};

Subsampling subsampling_for(int quality) {
    return quality >= full_from   ? Subsampling::none
           : quality >= half_from ? Subsampling::half
                                  : Subsampling::quarter;
}

/// The offset of the first encoding between both.
std::optional<int> first_between(std::span<const Encoding> encodings, Encoding first,
                                 Encoding last) {
    const auto found = std::ranges::find_if(
        encodings, [&](Encoding e) { return e >= first && e <= last; });
    if (found == encodings.end())
        return std::nullopt;
    return int(*found) - int(first);
}

} // namespace

Lossy loss_of_fine_level(int level) {
    assert(level >= 0 && level <= 100);
    const int quality = std::max(level, 1);
    return {.jpeg_quality = quality,
            .subsampling = subsampling_for(quality),
            .wavelet_level = 0};
}

Lossy loss_of_level(int level) {
    assert(level >= 0 && level < int(std::size(jpeg_qualities)));
    auto loss = loss_of_fine_level(jpeg_qualities[level]);
    loss.wavelet_level = 3 - level / 3;
    return loss;
}

std::optional<Lossy> wished_loss(std::span<const Encoding> encodings) {
    using enum Encoding;
    const auto level = first_between(encodings, JPEGQualityLevel0, JPEGQualityLevel9);
    const auto fine =
        first_between(encodings, JPEGFineQualityLevel0, JPEGFineQualityLevel100);
    if (!level && !fine)
        return std::nullopt;
    auto loss = fine ? loss_of_fine_level(*fine) : loss_of_level(*level);
    // Both sides know how many waves there are from this quality alone.
    loss.wavelet_level = level ? loss_of_level(*level).wavelet_level : 0;
    if (const auto subsampling =
            first_between(encodings, JPEGSubsampling1X, JPEGSubsampling16X))
        loss.subsampling = subsamplings[*subsampling];
    return loss;
}

} // namespace qio::vnc
