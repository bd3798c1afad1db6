// internal: a listener that the machine is given, and is given again when it was lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "io/core/timer.hpp"
#include "ui/dbus/incoming.hpp"
#include "ui/dbus/private-link.hpp"
#include "ui/dbus/remote.hpp"

namespace qio::dbus {

/// Keeps a listener registered at an object of the machine, over a socket that nobody
/// else uses: anew, after a pause, whenever the machine has closed or refused it.
///
/// Context: the one of the machine.
class Registration final {
public:
    /// The object, and its method that takes the machine's end of the socket.
    struct Place {
        std::string path;
        const char* interface;
        const char* method;
    };
    /// Makes a listener for another try.
    using Make = std::function<std::shared_ptr<CallHandler>()>;

    /// `lost` is called when there is no listener any longer, but not by end().
    Registration(Place place, std::chrono::milliseconds retry_after, Make make,
                 std::function<void()> lost);
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    /// Registers with that machine, until end(). `remote` is borrowed until then.
    void begin(Remote& remote);
    /// The listener is silent from here on.
    void end();

private:
    void offer();
    void lost();

    const Place place_;
    const std::chrono::milliseconds retry_after_;
    const Make make_;
    const std::function<void()> lost_;
    Remote* remote_ = nullptr;
    std::unique_ptr<PrivateLink> link_;
    std::uint64_t offers_ = 0;
    Timer again_;
};

} // namespace qio::dbus
