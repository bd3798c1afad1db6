// internal: the interface of everything that turns pixels into a rectangle's payload.
#pragma once

#include "io/base/bytes.hpp"
#include "ui/pixel-format.hpp"
#include "ui/rect.hpp"
#include "ui/surface.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// Encodes for one connection, whose compression state it may hold: what was encoded must
/// be sent, in the order of the calls.
///
/// Context: any thread, one at a time.
class Encoder {
public:
    virtual ~Encoder() = default;

    /// The number for the rectangle's header.
    virtual Encoding encoding() const = 0;

    /// Appends the payload of the rectangle, without its header.
    /// Requires: `rect` lies inside the surface. It may be empty.
    virtual void encode(const ui::Surface& surface, const ui::Rect& rect,
                        const ui::PixelConverter& converter, Bytes& out) = 0;
};

} // namespace qio::vnc
