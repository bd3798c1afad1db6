// A machine of QEMU with guest.asm, and what brings its screen to viewers.
#include "tests/bench/qemu/machine.hpp"

#include <unistd.h>

#include "tests/bench/harness.hpp"
#include "tests/bench/process-figures.hpp"
#include "tests/bench/vnc/sockets.hpp"

namespace qio::bench {

namespace {

constexpr int first_display_port = 5900;

/// QEMU takes no port 0, so this is one that was free a moment ago.
int free_port() {
    return port_of(listen_on(loopback_address, 0));
}

double milliseconds_of(const Program& program) {
    const auto pid = program.pid();
    return (whole_run_time(pid) - run_time(pid, "CPU ")) / 1e6;
}

double resident_memory_of(const Program& program) {
    return memory_figure(program.pid(), "status", "VmRSS:");
}

} // namespace

Machine::Machine(Front front) {
    auto line = Guest::make_line();
    const auto display = start_display(front);
    const auto serial = "socket,id=serial,fd=" + std::to_string(line.machine.get());
    // Threads by their names: that is how virtual CPUs are known.
    qemu_.reset(new Program({"qemu-system-x86_64", "-machine", "pc,accel=tcg", "-m", "32",
                             "-nodefaults", "-vga", "std", "-name",
                             "bench,debug-threads=on", "-kernel", QIO_BENCH_GUEST,
                             "-chardev", serial, "-serial", "chardev:serial",
                             front == Front::built_in ? "-vnc" : "-display", display},
                            std::move(line.machine)));
    guest_.emplace(std::move(line.ours));
    guest_->wait_until_ready();
    if (front == Front::qio_vnc)
        start_qio_vnc();
}

/// What QEMU is told of it.
std::string Machine::start_display(Front front) {
    do
        port_ = free_port();
    while (port_ < first_display_port);
    if (front == Front::built_in) {
        websocket_port_ = free_port();
        return vnc_address() + ",websocket=" + std::to_string(websocket_port_) +
               ",lossy=on";
    }
    // An abstract socket leaves nothing behind.
    bus_address_ = "unix:abstract=qio-bench-" + std::to_string(getpid());
    bus_.reset(new Program({"dbus-daemon", "--session", "--nofork", "--nopidfile",
                            "--print-address", "--address=" + bus_address_}));
    bus_->first_line();
    return "dbus,addr=" + bus_address_;
}

/// As a display, which counts from a port of its own.
std::string Machine::vnc_address() const {
    return std::string(loopback_address) + ":" +
           std::to_string(port_ - first_display_port);
}

void Machine::start_qio_vnc() {
    websocket_port_ = free_port();
    qio_vnc_.reset(new Program({QIO_VNC_PROGRAM, "--dbus-address", bus_address_,
                                "--vnc-addr", vnc_address(), "--websocket",
                                std::to_string(websocket_port_), "--lossy"}));
    qio_vnc_->first_line();
}

double Machine::cpu() const {
    return milliseconds_of(*qemu_) + cpu_beside();
}

double Machine::cpu_beside() const {
    return qio_vnc_ ? milliseconds_of(*qio_vnc_) + milliseconds_of(*bus_) : 0;
}

double Machine::memory() const {
    return resident_memory_of(*qemu_) + (qio_vnc_ ? resident_memory_of(*qio_vnc_) : 0);
}

} // namespace qio::bench
