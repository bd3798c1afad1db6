// internal: our end of a socket over which the machine calls us, and nobody else.
#pragma once

#include <functional>
#include <memory>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "ui/dbus/incoming.hpp"

namespace qio::dbus {

/// A connection of D-Bus over one end of a pair of sockets; the machine has the other,
/// and is the server of the handshake.
///
/// The handshake, and the answers, happen in threads of GIO: the machine's main loop
/// waits for both, and must not have to wait for ours. So this is made before the machine
/// is given its end.
///
/// Context: the caller's thread-default one, whose thread calls everything here; the
/// handler is called in GDBus's thread.
/// Lifetime: once it is destroyed, neither handler nor `closed` is called any more.
class PrivateLink final {
public:
    /// `closed` is called once, when the machine has gone or never came: not from here.
    /// Errors: those of adopting the socket.
    static Result<std::unique_ptr<PrivateLink>> open(UniqueFd socket,
                                                     std::shared_ptr<CallHandler> handler,
                                                     std::function<void()> closed);
    ~PrivateLink();
    PrivateLink(const PrivateLink&) = delete;
    PrivateLink& operator=(const PrivateLink&) = delete;

private:
    struct State;
    explicit PrivateLink(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
};

/// Two connected sockets: ours, and the machine's.
struct SocketPair {
    UniqueFd ours;
    UniqueFd theirs;
    /// Errors: exhausted.
    static Result<SocketPair> create();
};

} // namespace qio::dbus
