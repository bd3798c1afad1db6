// internal: what clients say about the loss of pictures. Source: RFB, JPEG Quality Level,
// JPEG Fine-Grained Quality Level and JPEG Subsampling Level Pseudo-encodings.
#pragma once

#include <optional>
#include <span>

#include "ui/vnc/encodings/encoder.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// What may be lost for a client that lists these encodings; empty if it mentions no
/// quality. Of each kind the first counts. A fine-grained quality has precedence over a
/// level, and a subsampling over what goes with the quality.
std::optional<Lossy> wished_loss(std::span<const Encoding> encodings);

/// Units/limits: 0 (small) to 9 (good).
Lossy loss_of_level(int level);
/// Units/limits: 0 to 100, libjpeg's scale, but for 0, which counts as 1.
Lossy loss_of_fine_level(int level);

} // namespace qio::vnc
