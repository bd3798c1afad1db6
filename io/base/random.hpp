// Random bytes that nobody can predict.
#pragma once

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"

namespace qio {

/// Fills `bytes` from the kernel's generator. A system that has none ends the program:
/// nothing else would be safe. Source: getrandom(2).
QIO_API void fill_random(MutableBytes bytes);

} // namespace qio
