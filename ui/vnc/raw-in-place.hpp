// internal: Raw rectangles whose pixels are sent from the frame itself.
#pragma once

#include <optional>

#include "ui/vnc/encode-job.hpp"

namespace qio::vnc {

/// The job's result without copying its pixels, if it is Raw and the client's pixels are
/// those of frames; what is sent holds the frame then. Rectangles too narrow for that to
/// be worth while are copied, if they are few. Empty: it is to be encoded.
///
/// Takes no time to speak of, however large the job is.
std::optional<EncodedRects> raw_in_place(const EncodeJob& job);

} // namespace qio::vnc
