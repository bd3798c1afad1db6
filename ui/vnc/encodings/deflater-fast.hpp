// internal: the faster Deflater, where there is one.
#pragma once

#include <memory>

#include "ui/vnc/encodings/deflater.hpp"

namespace qio::vnc {

/// A Deflater whose levels are 1 to 3, each faster than zlib's; null if the library for
/// it was not there to build with.
std::unique_ptr<Deflater> create_fast_deflater();

} // namespace qio::vnc
