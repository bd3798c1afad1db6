// internal: qio-vnc from its options to an orderly end: a machine, and servers for its
// screens.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/socket/inherited-sockets.hpp"
#include "ui/dbus/bus-source.hpp"
#include "ui/dbus/machine.hpp"
#include "ui/dbus/peer-source.hpp"
#include "ui/tools/qio-vnc/access.hpp"
#include "ui/tools/qio-vnc/console-paths.hpp"
#include "ui/tools/qio-vnc/listening.hpp"
#include "ui/tools/qio-vnc/management.hpp"
#include "ui/tools/qio-vnc/options.hpp"
#include "ui/tools/qio-vnc/screen-names.hpp"
#include "ui/tools/qio-vnc/text-console.hpp"
#include "ui/vnc/router.hpp"

namespace qio::bridge {

/// Serves every console of a machine, and terminals for its character devices, all behind
/// the same addresses.
///
/// Viewers find a console by its number (/display/0), by its label (/VGA), and by what
/// --path says, and a terminal by its ID (/display/serial0) or name (/serial.0); the
/// first graphic console, or the screen that -l names, is the usual one.
///
/// Lifetime: borrows the options. Context: the caller's thread-default one.
class Bridge final : private Managed {
public:
    /// `done` is called once, from the loop, with the exit status.
    static Result<std::unique_ptr<Bridge>> create(const Options& options,
                                                  std::vector<InheritedSocket> inherited,
                                                  std::function<void(int)> done);
    ~Bridge();
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    /// Looks for the machine from now on.
    Result<void> start();
    /// Reads certificates and passwords again, and tells how that went.
    void reload();
    void stop(const std::string& reason);

private:
    Bridge(const Options& options, std::function<void(int)> done);
    Result<void> load(std::vector<InheritedSocket> inherited);
    Result<void> make_http();
    Result<void> listen();
    dbus::MachineEvents machine_events();
    void on_console(dbus::Console& console);
    void on_chardev(dbus::Chardev& chardev);
    void on_unreadable(const dbus::ConsoleInfo& console);
    void on_appeared();
    void on_vanished(const Error& reason);
    std::string_view way_to_a_machine(const Error& reason) const;
    bool choose_usual();
    bool serve_named(const std::string& wanted, std::uint32_t head);
    bool serve_first();
    std::string no_usual() const;
    void warn_of_missing();
    void wait_for(const std::string& what);
    void serve(dbus::Console& console);
    void serve(TextConsole& terminal);
    void serve(const void* screen, const std::shared_ptr<ui::Display>& display,
               const ScreenNames& names, vnc::ServerOptions options);
    vnc::ServerOptions server_options(const void* screen);
    void call_viewer(vnc::Server& server);
    void tell_ready(const std::string& status);
    void tell(const std::string& status);
    void tell_viewers();
    std::size_t viewer_count() const;
    void give_up(const std::string& message);
    void end(int status, const std::string& reason);
    Result<void> set_password(const std::string& password) override;
    Result<void> expire_password(const std::string& when) override;
    Result<void> reload_certificates() override;
    Result<void> add_client(UniqueFd socket, vnc::AskWho ask) override;
    std::vector<vnc::ListenerInfo> listeners() const override;
    void make_management();
    vnc::ServerEvents server_events(const void* screen);

    const Options& options_;
    const std::function<void(int)> done_;
    std::unique_ptr<Access> access_{};
    std::shared_ptr<vnc::HttpService> http_{};
    std::shared_ptr<const ui::Keymap> keymap_{};
    std::vector<Place> places_{};
    ConsolePaths paths_;
    bool is_inherited_ = false; // some of the places, from the service manager
    bool is_listening_ = false;
    bool has_appeared_ = false; // some machine, some time
    bool is_ready_ = false;     // and the service manager knows
    bool is_over_ = false;
    std::string status_{}; // what it was told last
    std::string told_{};   // the last thing said about what is not there
    std::unique_ptr<dbus::Machine> machine_{};
    std::variant<std::monostate, dbus::BusSource, dbus::PeerSource> source_{};
    std::unique_ptr<Management> management_{};              // null without a bus
    std::vector<std::unique_ptr<TextConsole>> terminals_{}; // of the machine's devices
    vnc::Server* usual_ = nullptr;                          // of servers_
    // By the console or terminal; above what they serve. The router does not keep them.
    std::map<const void*, std::unique_ptr<vnc::Server>> servers_{};
    std::unique_ptr<vnc::Router> router_{};
};

} // namespace qio::bridge
