// Two networks of their own, with a slow link between them.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include "io/base/unique-fd.hpp"
#include "tests/bench/links/link.hpp"

namespace qio::bench {

/// Network namespaces, joined by TUN devices and a process that carries packets between
/// them. Nothing of it is seen by other processes.
///
/// Context: a process with one thread.
class Network {
public:
    enum Side : std::size_t { server, viewer };
    static constexpr std::array<const char*, 2> addresses = {"10.77.0.1", "10.77.0.2"};

    /// Empty without the right to it, which is root's.
    static std::unique_ptr<Network> create(const Link& link);
    /// Ends the link. Sockets and processes on its sides are not touched.
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    /// Sockets that this thread makes from now on are on this side.
    void enter(Side side) const;
    void leave() const;

private:
    Network() = default;
    std::optional<UniqueFd> make_side(Side side);

    UniqueFd outside_;
    std::array<UniqueFd, 2> sides_;
    pid_t carrier_ = -1;
};

} // namespace qio::bench
