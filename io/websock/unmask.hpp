// internal: masking and unmasking of frame payload (RFC 6455 §5.3).
#pragma once

#include <array>
#include <cstddef>

#include "io/base/bytes.hpp"

namespace qio::ws {

using MaskKey = std::array<std::byte, 4>;

/// Masks or unmasks `payload` in place. `offset` is where it starts in its frame's
/// payload, so that a frame can be treated in pieces of any size.
void unmask(MutableBytes payload, MaskKey key, std::size_t offset);

/// The same from one place to another. They may overlap if `to` is the one in front.
/// Requires: to.size() ≥ from.size().
void unmask_copy(MutableBytes to, ByteView from, MaskKey key, std::size_t offset);

} // namespace qio::ws
