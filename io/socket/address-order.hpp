// internal: in which order the addresses of a name are tried.
#pragma once

#include <vector>

#include "io/socket/address.hpp"

namespace qio {

/// Families in turn, beginning with the first address's; within a family the resolver's
/// order is kept. Source: RFC 8305 section 4, with one address of the first family.
std::vector<SockAddr> interleave_families(std::vector<SockAddr> addresses);

} // namespace qio
