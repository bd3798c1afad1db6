// internal: org.qemu.Vnc1: the server on D-Bus, for those who manage the machine.
#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/timer.hpp"
#include "ui/dbus/bus-link.hpp"
#include "ui/vnc/server-info.hpp"
#include "ui/vnc/server.hpp"

namespace qio::bridge {

/// What managers may do. Called from the management's context.
class Managed {
public:
    virtual Result<void> set_password(const std::string& password) = 0;
    virtual Result<void> expire_password(const std::string& when) = 0;
    virtual Result<void> reload_certificates() = 0;
    virtual Result<void> add_client(UniqueFd socket, vnc::AskWho ask) = 0;
    virtual std::vector<vnc::ListenerInfo> listeners() const = 0;

protected:
    ~Managed() = default;
};

/// What stays the same about a server.
struct ManagementOptions {
    std::string address{};             ///< of the bus; empty: the session's
    std::string name = "org.qemu.vnc"; ///< whoever comes first has it; others wait for it
    std::string server_name{};         ///< the property Name
    std::string auth{};                ///< "none", "vnc", "sasl", "vencrypt"
    std::string vencrypt_sub_auth{};   ///< "x509-vnc"; empty without VeNCrypt
};

/// /org/qemu/Vnc1/Server, and /org/qemu/Vnc1/Client_N for each client.
///
/// A bus that is not there, or goes, is looked for again after a pause; meanwhile the
/// server serves without.
///
/// Context: the caller's thread-default one, in which all calls come.
/// Lifetime: borrows `managed`.
class Management {
public:
    Management(Managed& managed, ManagementOptions options);
    ~Management();
    Management(const Management&) = delete;
    Management& operator=(const Management&) = delete;

    /// A client of the server `server`, which tells its servers' clients apart.
    void connected(const void* server, const vnc::ClientInfo& client);
    void initialized(const void* server, const vnc::ClientInfo& client);
    void disconnected(const void* server, const vnc::ClientInfo& client);
    /// The client wants that done: whether a manager was told. A reboot has no signal.
    bool power_wanted(const void* server, const vnc::ClientInfo& client,
                      ui::PowerAction action);
    /// Tells that the server is about to go; `left` is called once that has been sent, or
    /// cannot be.
    void leave(const std::string& reason, std::function<void()> left);

private:
    struct Client {
        std::string path;
        vnc::ClientInfo info;
        unsigned registration = 0;
    };
    using Key = std::pair<const void*, std::uint64_t>;
    using Call = GDBusMethodInvocation;

    void attach();
    void detach();
    void export_server();
    void export_client(Client& client);
    void tell_client(const char* signal, const Client& client);
    void emit(const char* signal, GVariant* values);
    void clients_changed();
    Result<void> obey(const std::string& method, GVariant* values, Call* call);
    Result<void> add_client(GVariant* values, Call* call);
    GVariant* server_property(const std::string& name) const;
    GVariant* paths() const;
    GVariant* listeners() const;
    static void on_call(GDBusConnection*, const char*, const char*, const char*,
                        const char* method, GVariant* values, Call* call,
                        gpointer self) noexcept;
    static GVariant* on_get_server(GDBusConnection*, const char*, const char*,
                                   const char*, const char* name, GError**,
                                   gpointer self) noexcept;
    static GVariant* on_get_client(GDBusConnection*, const char*, const char*,
                                   const char*, const char* name, GError**,
                                   gpointer client) noexcept;

    Managed& managed_;
    const ManagementOptions options_;
    unsigned registration_ = 0;
    std::uint64_t next_client_ = 1;
    std::map<Key, Client> clients_{};
    Timer leaving_{};
    dbus::BusLink link_;
};

} // namespace qio::bridge
