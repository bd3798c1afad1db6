// internal: the machine at the other end of a socket.
#pragma once

#include "io/base/unique-fd.hpp"
#include "io/gio/cancellable.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::dbus {

/// Attaches the machine that was given the other end of a socket (its monitor's
/// add_client), until it closes it.
///
/// Context and lifetime: that of the machine, which must live longer. Must not be
/// destroyed in an event of the machine.
class PeerSource final {
public:
    PeerSource(Machine& machine, UniqueFd socket);
    ~PeerSource();
    PeerSource(const PeerSource&) = delete;
    PeerSource& operator=(const PeerSource&) = delete;

private:
    void connected(Result<ConnectionRef> connection);

    Machine& machine_;
    GCancellableRef cancellable_;
    ConnectionRef connection_;
    unsigned long closed_handler_ = 0;
};

} // namespace qio::dbus
