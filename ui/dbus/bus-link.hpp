// internal: a connection to a bus, made again whenever it is not there.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "io/base/error.hpp"
#include "io/core/timer.hpp"
#include "io/gio/cancellable.hpp"
#include "ui/dbus/patience.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::dbus {

/// Connects to a bus, and never gives up: one that does not answer is lost, too.
///
/// Context: the caller's thread-default one, in which all events come; never before the
/// constructor has returned.
/// Lifetime: its destructor tells nobody.
class BusLink final {
public:
    struct Events {
        /// There is a connection().
        std::function<void()> connected{};
        /// The connection() that there was, if any, has gone: it is still there to take
        /// off it what was put on it. Another one is tried after a pause.
        std::function<void(const Error&)> lost{};
    };

    /// An empty address is the session's bus.
    BusLink(std::string address, const Patience& patience, Events events);
    ~BusLink();
    BusLink(const BusLink&) = delete;
    BusLink& operator=(const BusLink&) = delete;

    /// Null if there is none.
    GDBusConnection* connection() const { return connection_.get(); }

private:
    void connect();
    void connected(Result<ConnectionRef> connection);
    void lost(const Error& reason);
    void disconnect();

    const std::string address_;
    const Patience patience_;
    const Events events_;
    GCancellableRef cancellable_;
    ConnectionRef connection_;
    unsigned long closed_handler_ = 0;
    Timer timer_; // for the answer that is waited for, or the next try
};

} // namespace qio::dbus
