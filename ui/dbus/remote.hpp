// internal: calls to one machine and signals from it, none of which is waited for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "io/gio/cancellable.hpp"
#include "ui/dbus/variant.hpp"

namespace qio::dbus {

/// One machine at the other end of a connection.
///
/// Context: the one that was thread-default when it was made, whose thread calls
/// everything here.
/// Lifetime: once it is destroyed nothing is called back any more.
class Remote final {
public:
    /// Called with the values of the reply, a tuple.
    using Replied = std::move_only_function<void(Result<VariantRef>)>;
    /// Called with the object's path and the signal's values, a tuple.
    using Signalled = std::function<void(std::string_view path, GVariant* values)>;

    /// `name` is the machine's unique name; empty: there is no bus between us.
    Remote(ConnectionRef connection, std::string name);
    ~Remote();
    Remote(const Remote&) = delete;
    Remote& operator=(const Remote&) = delete;

    GDBusConnection* connection() const { return connection_.get(); }
    /// Empty without a bus.
    const std::string& name() const { return name_; }

    /// `arguments` is a tuple, and may be floating, or null for none. A descriptor is
    /// argument "h" with index 0; ours is closed when the message has left. `replied`
    /// may be empty, if nobody wants to know. It takes as long as the machine takes: one
    /// that stands still answers when it goes on, and to ask again would only pile up.
    void call(const char* path, const char* interface, const char* method,
              GVariant* arguments, Replied replied = {}, UniqueFd descriptor = {});
    /// From all objects of the machine, as long as this lives.
    void on_signal(const char* interface, const char* signal, Signalled signalled);

private:
    const char* destination() const { return name_.empty() ? nullptr : name_.c_str(); }

    ConnectionRef connection_;
    std::string name_;
    GCancellableRef cancellable_;
    std::vector<unsigned> subscriptions_;
};

} // namespace qio::dbus
