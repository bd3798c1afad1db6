// A machine on D-Bus, and VNC servers for its screens.
#include "ui/tools/qio-vnc/bridge.hpp"

#include <utility>

#include "ui/tools/browsers.hpp"
#include "ui/tools/qio-vnc/messages.hpp"
#include "ui/vnc/server-status.hpp"

namespace qio::bridge {

Result<std::unique_ptr<Bridge>> Bridge::create(const Options& options,
                                               std::vector<InheritedSocket> inherited,
                                               std::function<void(int)> done) {
    std::unique_ptr<Bridge> bridge(new Bridge(options, std::move(done)));
    QIO_TRY(bridge->load(std::move(inherited)));
    return bridge;
}

Bridge::Bridge(const Options& options, std::function<void(int)> done)
    : options_(options), done_(std::move(done)), paths_(options.paths) {}

Bridge::~Bridge() {
    is_over_ = true; // viewers that go now change nothing
    management_.reset();
    router_.reset();
}

Result<void> Bridge::load(std::vector<InheritedSocket> inherited) {
    QIO_TRY(check_web(options_, inherited));
    if (options_.has_terminals && !TextConsole::is_supported())
        return Error{ErrorKind::not_supported, 0,
                     "--vt-chardev: qio-vnc was built without libvterm; leave it out"};
    access_ = QIO_TRY(Access::create(options_));
    auto keymap = ui::Keymap::create(
        options_.keyboard_layout.empty() ? "en-us" : options_.keyboard_layout);
    if (!keymap && !options_.keyboard_layout.empty())
        return std::move(keymap).error().with_context("--keyboard-layout " +
                                                      options_.keyboard_layout);
    if (keymap)
        keymap_ = *std::move(keymap);
    is_inherited_ = !inherited.empty();
    if (serves_pages(options_, inherited))
        QIO_TRY(make_http());
    places_ = places_of(options_, *access_, std::move(inherited), http_);
    vnc::RouterOptions router{.max_connecting =
                                  std::max<std::size_t>(options_.display.connections, 1)};
    if (access_->tokens())
        router.admit = vnc::TokenAdmission::function(access_->tokens());
    router_ = vnc::Router::create(std::move(router));
    machine_ = std::make_unique<dbus::Machine>(machine_events(), keymap_);
    return {};
}

Result<void> Bridge::make_http() {
    const bool is_wanted = options_.http || options_.novnc_folder;
    if (!is_wanted && !vnc::has_http_service())
        return {};
    vnc::HttpPages pages{
        .novnc_folder = QIO_TRY(tools::find_novnc(options_.novnc_folder)),
        .status = [this] { return vnc::status_json(router_->status()); },
        .metrics = [this] { return vnc::metrics_text(router_->status()); }};
    if (!pages.novnc_folder && !vnc::has_builtin_novnc())
        complain("no noVNC for the page, only VNC viewers can connect; name its folder "
                 "with --novnc DIR (npm install @novnc/novnc)");
    auto http = vnc::HttpService::create(std::move(pages));
    if (!http)
        return std::move(http).error().with_context(options_.http ? "--http" : "--novnc");
    http_ = *std::move(http);
    return {};
}

/// Sockets of the service manager hold viewers until there is something to see; others
/// would turn them away, so they are opened before only if it may take long.
Result<void> Bridge::start() {
    if (options_.wait) {
        if (!is_inherited_)
            QIO_TRY(listen());
        tell_ready("waiting for " + options_.bus_name);
    }
    make_management();
    if (options_.peer_fd)
        source_.emplace<dbus::PeerSource>(*machine_, UniqueFd(*options_.peer_fd));
    else
        source_.emplace<dbus::BusSource>(
            *machine_, dbus::BusOptions{.address = options_.dbus_address,
                                        .name = options_.bus_name});
    return {};
}

Result<void> Bridge::listen() {
    if (is_listening_)
        return {};
    for (const auto& place : places_)
        QIO_TRY(listen_at(*router_, place));
    is_listening_ = true;
    for (const auto& listener : router_->listeners())
        say("listening: " + description_of(listener));
    return {};
}

dbus::MachineEvents Bridge::machine_events() {
    return {.console_added = [this](dbus::Console& console) { on_console(console); },
            .chardev_added = [this](dbus::Chardev& chardev) { on_chardev(chardev); },
            .unreadable = [this](const auto& console) { on_unreadable(console); },
            .appeared = [this] { on_appeared(); },
            .vanished = [this](const Error& reason) { on_vanished(reason); }};
}

void Bridge::on_unreadable(const dbus::ConsoleInfo& console) {
    complain(console.label + ": the picture is in the memory of a graphics card, where " +
             "only QEMU can read it; start QEMU with -display dbus,gl=off");
}

void Bridge::wait_for(const std::string& what) {
    if (told_ == what)
        return;
    told_ = what;
    say("waiting for " + what);
    tell("waiting for " + what);
}

std::string_view Bridge::way_to_a_machine(const Error& reason) const {
    if (options_.peer_fd)
        return "; give the other end of the socket to QEMU's monitor (getfd, add_client "
               "with protocol @dbus-display)";
    if (reason.message.starts_with("nobody"))
        return "; start QEMU with -display dbus, or wait for it with --wait";
    return "; name the bus that QEMU is on with --dbus-address, or wait for it with "
           "--wait";
}

void Bridge::on_vanished(const Error& reason) {
    if (is_over_)
        return;
    if (!options_.wait && has_appeared_) {
        say("the machine has gone: " + reason.message);
        return end(0, "the machine has gone");
    }
    if (!options_.wait)
        return give_up(reason.message + std::string(way_to_a_machine(reason)));
    wait_for("a machine: " + reason.message);
}

} // namespace qio::bridge
