// A machine of QEMU with guest.asm, and what brings its screen to viewers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/bench/program.hpp"
#include "tests/bench/qemu/guest.hpp"

namespace qio::bench {

enum class Front : std::uint8_t {
    built_in, ///< QEMU's own `-vnc`
    qio_vnc,  ///< `-display dbus`, and qio-vnc beside it
};

enum class Wire : std::uint8_t { tcp, websocket };

/// Lifetime: all programs end with it.
class Machine {
public:
    /// Returns when the guest takes commands and the server listens. Ends the benchmark
    /// if something does not start.
    explicit Machine(Front front);

    Guest& guest() { return *guest_; }
    int port(Wire wire) const { return wire == Wire::tcp ? port_ : websocket_port_; }

    // Units: milliseconds of CPU so far, without virtual CPUs; bytes.
    double cpu() const;        ///< of all programs
    double cpu_beside() const; ///< of those beside QEMU
    double memory() const;     ///< of all programs

private:
    std::string start_display(Front front);
    void start_qio_vnc();
    std::string vnc_address() const;

    std::optional<Guest> guest_;
    std::unique_ptr<Program> bus_;
    std::unique_ptr<Program> qio_vnc_;
    std::unique_ptr<Program> qemu_;
    std::string bus_address_;
    int port_ = 0;
    int websocket_port_ = 0;
};

} // namespace qio::bench
