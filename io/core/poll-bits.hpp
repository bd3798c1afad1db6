// internal: conditions as poll(2) bits and back.
#pragma once

#include <poll.h>

#include "io/core/condition.hpp"

namespace qio {

/// The peer's half-close counts as hup only for whoever asks for hup without in: a reader
/// finds the end by reading, and must not lose what precedes it.
inline short to_poll(Condition events) {
    int bits = 0;
    if (has(events, Condition::in))
        bits |= POLLIN;
    if (has(events, Condition::out))
        bits |= POLLOUT;
    if (has(events, Condition::hup))
        bits |= POLLRDHUP;
    return short(bits);
}

inline Condition from_poll(unsigned bits) {
    Condition events = Condition::none;
    if (bits & POLLIN)
        events |= Condition::in;
    if (bits & POLLOUT)
        events |= Condition::out;
    if (bits & (POLLERR | POLLNVAL))
        events |= Condition::err;
    if (bits & (POLLHUP | POLLRDHUP))
        events |= Condition::hup;
    return events;
}

} // namespace qio
