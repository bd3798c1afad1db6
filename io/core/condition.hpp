// What a channel can be ready for, as a set of bits.
#pragma once

#include <glib.h>

#include <utility>

namespace qio {

/// A set of readiness conditions; the bits are GLib's GIOCondition.
enum class Condition : unsigned {
    none = 0,
    in = G_IO_IN,   ///< a read would not block (data, end of stream or an error)
    out = G_IO_OUT, ///< a write would not block
    err = G_IO_ERR, ///< the channel failed
    hup = G_IO_HUP, ///< the peer has gone; data may still be readable
};

constexpr Condition operator|(Condition a, Condition b) {
    return Condition(std::to_underlying(a) | std::to_underlying(b));
}
constexpr Condition operator&(Condition a, Condition b) {
    return Condition(std::to_underlying(a) & std::to_underlying(b));
}
constexpr Condition operator~(Condition a) {
    return Condition(~std::to_underlying(a));
}
constexpr Condition& operator|=(Condition& a, Condition b) {
    return a = a | b;
}
constexpr Condition& operator&=(Condition& a, Condition b) {
    return a = a & b;
}
/// Whether any of `bits` is in the set.
constexpr bool has(Condition set, Condition bits) {
    return (set & bits) != Condition::none;
}
constexpr bool any(Condition set) {
    return set != Condition::none;
}

} // namespace qio
