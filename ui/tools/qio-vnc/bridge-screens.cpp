// Which screens of the machine are served, and how.
#include <algorithm>
#include <utility>

#include "ui/tools/qio-vnc/bridge.hpp"
#include "ui/tools/qio-vnc/messages.hpp"
#include "ui/vnc/server-options.hpp"

namespace qio::bridge {

/// Until one is chosen that is the usual one, all wait.
void Bridge::on_console(dbus::Console& console) {
    if (is_over_)
        return;
    if (!servers_.empty())
        serve(console);
    else if (machine_->is_attached())
        on_appeared(); // at last there may be something to see
}

void Bridge::on_chardev(dbus::Chardev& chardev) {
    const auto is_wanted = [&](const std::string& wanted) {
        return dbus::is_meant(chardev.info(), wanted);
    };
    if (is_over_ || !TextConsole::is_supported() ||
        std::ranges::none_of(options_.terminals, is_wanted))
        return;
    auto& terminal = *terminals_.emplace_back(TextConsole::create(chardev));
    if (!servers_.empty())
        serve(terminal);
    else if (machine_->is_attached())
        on_appeared();
}

void Bridge::on_appeared() {
    if (is_over_)
        return;
    if (servers_.empty() && !choose_usual())
        return;
    for (auto* const console : machine_->consoles())
        serve(*console);
    for (const auto& terminal : terminals_)
        serve(*terminal);
    warn_of_missing();
    has_appeared_ = true;
    told_.clear();
    say("showing " + std::to_string(servers_.size()) +
        (servers_.size() == 1 ? " screen" : " screens"));
    if (auto done = listen(); !done)
        return give_up(done.error().message);
    tell_ready("showing " + options_.bus_name);
}

/// About what the options say of things that this machine does not have.
void Bridge::warn_of_missing() {
    std::vector<ScreenNames> attached;
    for (auto* const console : machine_->consoles())
        if (console->is_attached())
            attached.push_back(names_of(console->info()));
    for (const auto& terminal : terminals_)
        if (terminal->is_attached())
            attached.push_back(names_of(terminal->info()));
    for (const auto& warning : paths_.missing(attached))
        complain(warning);
    if (!options_.has_terminals)
        return;
    std::string known;
    for (const auto* chardev : machine_->chardevs())
        known.append(" ").append(dbus::short_name(chardev->info()));
    for (const auto& wanted : options_.terminals)
        if (std::ranges::none_of(attached,
                                 [&](auto& one) { return one.is_meant(wanted); }))
            complain("--vt-chardev " + wanted +
                     ": the machine has no such character device; " +
                     (known.empty() ? "there are none" : "there are" + known));
}

/// Serves that one. False: there is none.
bool Bridge::choose_usual() {
    const auto& display = options_.display;
    if (display.display.empty() ? serve_first()
                                : serve_named(display.display, display.head))
        return true;
    if (options_.wait)
        wait_for("a screen: " + no_usual());
    else
        give_up(no_usual());
    return false;
}

bool Bridge::serve_named(const std::string& wanted, std::uint32_t head) {
    if (auto* console = machine_->find(wanted, head)) {
        serve(*console);
        return true;
    }
    const auto terminal = std::ranges::find_if(
        terminals_, [&](const auto& one) { return dbus::is_meant(one->info(), wanted); });
    if (terminal == terminals_.end())
        return false;
    serve(**terminal);
    return true;
}

/// The first graphic console, or whatever there is.
bool Bridge::serve_first() {
    const auto all = machine_->consoles();
    const auto graphic =
        std::ranges::find_if(all, [](auto* console) { return !console->info().is_text; });
    if (graphic != all.end())
        serve(**graphic);
    else if (!all.empty())
        serve(*all.front());
    else if (!terminals_.empty())
        serve(*terminals_.front());
    return !servers_.empty();
}

std::string Bridge::no_usual() const {
    std::string labels;
    for (const auto* console : machine_->consoles())
        labels += " " + console->info().label;
    for (const auto& terminal : terminals_)
        labels.append(" ").append(dbus::short_name(terminal->info()));
    if (labels.empty())
        return "the machine has no screens; give it a display device";
    return "display=" + options_.display.display + ": no such screen; there are" + labels;
}

vnc::ServerOptions Bridge::server_options(const void* screen) {
    auto wanted = vnc::server_options(options_.display);
    wanted.security = access_->security();
    wanted.events = server_events(screen);
    return wanted;
}

void Bridge::serve(dbus::Console& console) {
    auto wanted = server_options(&console);
    wanted.keyboard.keymap = keymap_;
    if (!options_.keyboard_layout.empty())
        wanted.keyboard.scan_codes = vnc::ScanCodes::of_keymap;
    serve(&console, console.display(), names_of(console.info()), std::move(wanted));
}

/// A terminal takes characters, not keys, and has no lock keys of its own.
void Bridge::serve(TextConsole& terminal) {
    auto wanted = server_options(&terminal);
    wanted.keyboard.lock_key_sync = false;
    const auto names = names_of(terminal.info());
    (void)terminal.display()->set_name(machine_->name() + ": " + names.label);
    serve(&terminal, terminal.display(), names, std::move(wanted));
}

void Bridge::serve(const void* screen, const std::shared_ptr<ui::Display>& display,
                   const ScreenNames& names, vnc::ServerOptions options) {
    if (servers_.contains(screen))
        return;
    auto server = vnc::Server::create(display, std::move(options));
    auto found = paths_.take(names);
    for (const auto& warning : found.warnings)
        complain(warning);
    auto added = router_->add(names.id, *server, std::move(found.paths));
    if (!added)
        return complain(names.title + ": " + added.error().message);
    if (usual_ == nullptr) {
        usual_ = server.get();
        if (options_.display.reverse)
            call_viewer(*server);
    }
    servers_.emplace(screen, std::move(server));
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
