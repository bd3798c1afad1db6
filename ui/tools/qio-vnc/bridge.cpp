// A machine on D-Bus, and VNC servers for its screens.
#include "ui/tools/qio-vnc/bridge.hpp"

#include <algorithm>
#include <utility>

#include "ui/tools/browsers.hpp"
#include "ui/tools/qio-vnc/messages.hpp"
#include "ui/vnc/server-options.hpp"
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
            .appeared = [this] { on_appeared(); },
            .vanished = [this](const Error& reason) { on_vanished(reason); }};
}

/// Until one is chosen that is the usual one, all wait.
void Bridge::on_console(dbus::Console& console) {
    if (is_over_)
        return;
    if (!servers_.empty())
        serve(console);
    else if (machine_->is_attached())
        on_appeared(); // at last there may be something to see
}

void Bridge::on_appeared() {
    if (is_over_)
        return;
    if (servers_.empty() && !choose_usual())
        return;
    std::vector<dbus::ConsoleInfo> attached;
    for (auto* const console : machine_->consoles()) {
        serve(*console);
        if (console->is_attached())
            attached.push_back(console->info());
    }
    for (const auto& warning : paths_.missing(attached))
        complain(warning);
    has_appeared_ = true;
    told_.clear();
    say("showing " + std::to_string(servers_.size()) +
        (servers_.size() == 1 ? " screen" : " screens"));
    if (auto done = listen(); !done)
        return give_up(done.error().message);
    tell_ready("showing " + options_.bus_name);
}

/// Serves that one. False: there is none.
bool Bridge::choose_usual() {
    const auto& display = options_.display;
    const auto all = machine_->consoles();
    dbus::Console* usual = nullptr;
    if (!display.display.empty()) {
        usual = machine_->find(display.display, display.head);
    } else if (!all.empty()) {
        const auto graphic = std::ranges::find_if(
            all, [](auto* console) { return !console->info().is_text; });
        usual = graphic != all.end() ? *graphic : all.front();
    }
    if (usual != nullptr) {
        serve(*usual);
        return true;
    }
    std::string message = "the machine has no screens; give it a display device";
    if (!all.empty()) {
        message = "display=" + display.display + ": no such screen; there are";
        for (const auto* console : all)
            message += " " + console->info().label;
    }
    if (options_.wait)
        wait_for("a screen: " + message);
    else
        give_up(message);
    return false;
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

void Bridge::serve(dbus::Console& console) {
    if (servers_.contains(&console))
        return;
    auto wanted = vnc::server_options(options_.display);
    wanted.power_control = false; // D-Bus has no such thing
    wanted.security = access_->security();
    wanted.keyboard.keymap = keymap_;
    if (!options_.keyboard_layout.empty())
        wanted.keyboard.scan_codes = vnc::ScanCodes::of_keymap;
    wanted.events = server_events(console);
    auto server = vnc::Server::create(console.display(), wanted);
    const auto& info = console.info();
    auto found = paths_.take(info);
    for (const auto& warning : found.warnings)
        complain(warning);
    auto added =
        router_->add(std::to_string(info.index), *server, std::move(found.paths));
    if (!added)
        return complain(info.label + ": " + added.error().message);
    if (usual_ == nullptr) {
        usual_ = server.get();
        if (options_.display.reverse)
            call_viewer(*server);
    }
    servers_.emplace(&console, std::move(server));
}

void Bridge::call_viewer(vnc::Server& server) {
    if (!options_.display.addresses.empty())
        server.connect_to(options_.display.addresses.front(), [this](Result<void> done) {
            if (!done && !is_over_)
                give_up("--vnc-addr " + options_.vnc_address + ": " +
                        done.error().message +
                        "; start the viewer first, so that it listens");
        });
}

} // namespace qio::bridge
