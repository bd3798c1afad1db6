// TCP sockets between a server that is measured and its viewers.
#pragma once

#include "io/base/unique-fd.hpp"

namespace qio::bench {

inline constexpr const char* loopback_address = "127.0.0.1";

// Each ends the program if it fails. What is sent over the sockets leaves at once.

/// Port 0: any that is free.
UniqueFd listen_on(const char* address, int port);
int port_of(const UniqueFd& listener);
UniqueFd accept_one(const UniqueFd& listener);
/// Connects, once somebody listens; it may take seconds until a server does.
UniqueFd connect_to(const char* address, int port);

} // namespace qio::bench
