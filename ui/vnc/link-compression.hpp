// internal: how hard to compress for a link whose rate is known.
#pragma once

#include <optional>

namespace qio::vnc {

/// The level to compress with when the client wishes for one, 0 to 9, over a link of so
/// many bytes per second; empty: not known, or fast. Never below the wish. Who wishes for
/// 0, no compression, gets that.
int compression_for(int wish, std::optional<double> bytes_per_second);

} // namespace qio::vnc
