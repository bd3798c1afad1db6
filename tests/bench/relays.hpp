// Relays as programs of their own: qio-relay, its rivals, and what they cost.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/loopback.hpp"
#include "tests/support/temporary-folder.hpp"

namespace qio::bench {

/// A program that was started, with all that it starts, on the measured processor. It is
/// stopped when this object goes.
class RelayProcess {
public:
    RelayProcess(const std::vector<std::string>& command, std::uint16_t port,
                 const LoopbackListener& target);
    ~RelayProcess();
    RelayProcess(const RelayProcess&) = delete;
    RelayProcess& operator=(const RelayProcess&) = delete;

    std::uint16_t port() const { return port_; }
    /// CPU time so far, user's and system's, of it and all its descendants.
    double cpu_nanoseconds() const;
    /// Bytes of memory, those shared with others divided among them (PSS).
    double memory() const;
    /// Waits until no process of its own is left below it.
    void wait_for_children() const;

private:
    void wait_until_it_listens(const LoopbackListener& target) const;

    const std::uint16_t port_;
    pid_t pid_ = -1;
};

/// Whether clients speak WebSocket to it; the target always gets plain TCP.
enum class RelayFront : std::uint8_t { tcp, websocket };

/// A program to compare.
struct RelayKind {
    const char* name;
    RelayFront front;
    /// Whether connections cost so much that fewer have to do.
    bool is_heavy;
    /// How to start it. A folder for files of its own, its port, and the target's.
    std::vector<std::string> (*command)(const test::TemporaryFolder&, std::uint16_t,
                                        std::uint16_t);

    bool is_installed() const;
};

extern const RelayKind qio_relay_websocket, qio_relay_tcp, websockify, haproxy,
    bare_relay;

} // namespace qio::bench
