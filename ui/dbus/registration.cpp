// internal: a listener that the machine is given, and is given again when it was lost.
#include "ui/dbus/registration.hpp"

#include <sys/socket.h>

#include <utility>

namespace qio::dbus {

namespace {

// A picture is megabytes, and the machine's thread and ours wake each other whenever
// what the kernel holds of it is full or empty.
constexpr int machine_send_buffer = 1 << 20; // bytes; net.core.wmem_max may allow less

void set_send_buffer(const UniqueFd& socket, int bytes) {
    // Without it all works as well, but slower.
    (void)setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

} // namespace

Registration::Registration(Place place, std::chrono::milliseconds retry_after, Make make,
                           std::function<void()> lost)
    : place_(std::move(place)), retry_after_(retry_after), make_(std::move(make)),
      lost_(std::move(lost)) {}

void Registration::begin(Remote& remote) {
    end();
    remote_ = &remote;
    offer();
}

void Registration::end() {
    again_.reset();
    link_.reset();
    remote_ = nullptr;
}

/// The connection is served before the machine is told of it, because it waits for us.
void Registration::offer() {
    auto sockets = SocketPair::create();
    if (sockets) {
        set_send_buffer(sockets->theirs, machine_send_buffer);
        auto link =
            PrivateLink::open(std::move(sockets->ours), make_(), [this] { lost(); });
        if (link)
            link_ = std::move(*link);
    }
    if (!link_) {
        lost();
        return;
    }
    const auto replied = [this, offer = ++offers_](const Result<VariantRef>& reply) {
        // It may be late, and about a link that is gone.
        if (!reply && link_ && offer == offers_)
            lost();
    };
    remote_->call(place_.path.c_str(), place_.interface, place_.method,
                  g_variant_new("(h)", 0), replied, std::move(sockets->theirs));
}

void Registration::lost() {
    link_.reset();
    again_ = Timer(retry_after_, [this] { offer(); });
    lost_();
}

} // namespace qio::dbus
