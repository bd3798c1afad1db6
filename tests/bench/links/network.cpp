// Two networks of their own, with a slow link between them.
#include "tests/bench/links/network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

constexpr char device_name[] = "link";
constexpr char network_mask[] = "255.255.255.0";

UniqueFd current_namespace() {
    return UniqueFd(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

ifreq device_request() {
    ifreq request{};
    std::memcpy(request.ifr_name, device_name, sizeof device_name);
    return request;
}

ifreq address_request(const char* address) {
    auto request = device_request();
    auto& in = reinterpret_cast<sockaddr_in&>(request.ifr_addr);
    in.sin_family = AF_INET;
    inet_pton(AF_INET, address, &in.sin_addr);
    return request;
}

/// A TUN device with an address, in the namespace of this thread.
std::optional<UniqueFd> make_device(const char* address) {
    UniqueFd device(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    auto request = device_request();
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (!device || ioctl(device.get(), TUNSETIFF, &request) != 0)
        return std::nullopt;
    const UniqueFd control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    auto own = address_request(address), mask = address_request(network_mask);
    auto up = device_request();
    up.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(control.get(), SIOCSIFADDR, &own) != 0 ||
        ioctl(control.get(), SIOCSIFNETMASK, &mask) != 0 ||
        ioctl(control.get(), SIOCSIFFLAGS, &up) != 0)
        return std::nullopt;
    return device;
}

void set_namespace(const UniqueFd& fd) {
    if (setns(fd.get(), CLONE_NEWNET) != 0)
        give_up("no way into a network namespace");
}

} // namespace

std::unique_ptr<Network> Network::create(const Link& link) {
    std::unique_ptr<Network> network(new Network);
    network->outside_ = current_namespace();
    const auto a = network->make_side(server), b = network->make_side(viewer);
    if (!a || !b)
        return nullptr;
    network->carrier_ = fork();
    if (network->carrier_ < 0)
        return nullptr;
    if (network->carrier_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, "link");
        carry(a->get(), b->get(), link);
        _exit(0);
    }
    return network;
}

std::optional<UniqueFd> Network::make_side(Side side) {
    if (unshare(CLONE_NEWNET) != 0)
        return std::nullopt;
    sides_[side] = current_namespace();
    auto device = make_device(addresses[side]);
    leave();
    return device;
}

Network::~Network() {
    if (carrier_ <= 0)
        return;
    kill(carrier_, SIGKILL);
    waitpid(carrier_, nullptr, 0);
}

void Network::enter(Side side) const {
    set_namespace(sides_[side]);
}

void Network::leave() const {
    set_namespace(outside_);
}

} // namespace qio::bench
