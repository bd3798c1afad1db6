// What a client's SetEncodings lets us use.
#include "ui/vnc/client-features.hpp"

#include "ui/vnc/encodings/encoders.hpp"
#include "ui/vnc/encodings/quality.hpp"

namespace qio::vnc {

namespace {

/// The level that a number of the range stands for; empty outside.
std::optional<int> level_in(Encoding encoding, Encoding lowest, Encoding highest) {
    if (encoding < lowest || encoding > highest)
        return std::nullopt;
    return int(encoding) - int(lowest);
}

} // namespace

ClientFeatures features_of(std::span<const Encoding> encodings) {
    ClientFeatures features;
    features.lossy = wished_loss(encodings);
    bool chosen = false;
    bool has_level = false;
    for (const auto encoding : encodings) {
        if (!chosen && can_encode(encoding)) {
            features.encoding = encoding;
            chosen = true;
        }
        const auto level =
            level_in(encoding, Encoding::CompressionLevel0, Encoding::CompressionLevel9);
        if (level && !has_level) {
            features.compression_level = *level;
            has_level = true;
        }
        features.desktop_size |= encoding == Encoding::DesktopSize;
        features.extended_desktop_size |= encoding == Encoding::ExtendedDesktopSize;
        features.cursor |= encoding == Encoding::Cursor;
        features.desktop_name |= encoding == Encoding::DesktopName;
        features.extended_keys |= encoding == Encoding::QEMUExtendedKeyEvent;
        features.fence |= encoding == Encoding::Fence;
        features.continuous_updates |= encoding == Encoding::ContinuousUpdates;
    }
    return features;
}

} // namespace qio::vnc
