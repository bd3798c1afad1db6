// vnc-demo: a framebuffer to look at with noVNC or any VNC viewer.
#include <glib-unix.h>
#include <glib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/base/handle.hpp"
#include "io/tls/credentials-anon.hpp"
#include "io/tls/credentials-x509.hpp"
#include "io/tools/password-file.hpp"
#include "ui/tools/browsers.hpp"
#include "ui/tools/demo-screen.hpp"
#include "ui/tools/options.hpp"
#include "ui/tools/page-files.hpp"
#include "ui/vnc/http-service.hpp"
#include "ui/vnc/server-status.hpp"
#include "ui/vnc/server.hpp"

namespace {

using namespace qio;
using demo::Options;

struct Ports {
    std::uint16_t page = 0;
    std::uint16_t websocket = 0;
    std::uint16_t rfb = 0;
};

int give_up(std::string_view message) {
    std::fprintf(stderr, "vnc-demo: %.*s\n", int(message.size()), message.data());
    return 2;
}

Error with_option(const Error& error, std::string_view option, std::string_view value,
                  std::string message) {
    return Error{error.kind, error.os_errno, std::move(message)}.with_context(
        std::string(option).append(" ").append(value));
}

/// Why a port cannot be had, and what to do.
Error port_error(const Error& error, const Options& options, std::string_view option,
                 std::uint16_t port) {
    const auto value = std::to_string(port);
    if (error.kind == ErrorKind::address_in_use)
        return with_option(error, option, value,
                           "the port is in use; choose another one with " +
                               std::string(option) + " N, or 0 for any free one");
    if (error.kind == ErrorKind::permission_denied)
        return with_option(
            error, option, value,
            "not allowed; choose a port above 1023, or 0 for any free one");
    return with_option(error, "--address", options.address,
                       error.message + "; choose another host");
}

/// The same for a unix socket.
Error path_error(const Error& error, const std::string& path) {
    if (error.kind == ErrorKind::address_in_use)
        return with_option(error, "--unix", path,
                           "something of that name is there; remove it, or choose "
                           "another path");
    return with_option(error, "--unix", path, error.message + "; choose another path");
}

SocketAddress address_of(const Options& options, std::uint16_t port) {
    return InetAddress{.host = options.address, .port = std::to_string(port)};
}

std::uint16_t port_of(const std::vector<SocketAddress>& addresses) {
    for (const auto& address : addresses)
        if (const auto* inet = std::get_if<InetAddress>(&address))
            return std::uint16_t(std::stoi(inet->port));
    return 0;
}

ws::HandshakePolicy policy_for(const std::string& address) {
    auto policy = ws::vnc_listener_policy();
    policy.hosts = tools::names_of_loopback(address);
    return policy;
}

Result<std::shared_ptr<TlsCredentials>> load_tls(const std::string& folder) {
    using Credentials = std::shared_ptr<TlsCredentials>;
    if (access((folder + "/server-cert.pem").c_str(), F_OK) != 0)
        return Credentials(
            QIO_TRY(TlsCredentialsAnon::create({.endpoint = tls::Endpoint::server})));
    auto made = TlsCredentialsX509::create({.endpoint = tls::Endpoint::server,
                                            .directory = folder,
                                            .verify_peer = tls::VerifyPeer::no});
    if (!made)
        return std::move(made).error().with_context("--tls-creds " + folder);
    return Credentials(*made);
}

Result<std::shared_ptr<vnc::Security>> make_security(const Options& options) {
    vnc::SecurityOptions wanted{.style = vnc::OfferStyle::several};
    if (options.password_file)
        wanted.methods = {vnc::LoginMethod::rsa_aes, vnc::LoginMethod::password};
    if (options.tls_folder)
        wanted.tls = QIO_TRY(load_tls(*options.tls_folder));
    auto security = QIO_TRY(vnc::Security::create(std::move(wanted)));
    if (options.password_file) {
        auto password = read_password_file(*options.password_file);
        if (!password)
            return std::move(password).error().with_context("--password-file");
        QIO_TRY(security->set_password(*std::move(password)));
    }
    return security;
}

/// Everything that runs; the screen is there first and goes last.
class Demo {
public:
    Result<void> start(const Options& options);
    Ports ports() const;
    std::string status() const;

private:
    Result<void> listen(const Options& options);
    Result<void> serve_page(const Options& options,
                            const std::optional<std::string>& novnc);

    std::unique_ptr<demo::Screen> screen_;
    std::string config_; // of the page
    std::unique_ptr<vnc::Server> server_;
};

Result<void> Demo::start(const Options& options) {
    const auto novnc = QIO_TRY(tools::find_novnc(options.novnc_folder));
    screen_ = QIO_TRY(demo::Screen::create(options.width, options.height));
    auto security = QIO_TRY(make_security(options));
    server_ = vnc::Server::create(screen_->display(), {.share = vnc::SharePolicy::ignore,
                                                       .security = std::move(security)});
    QIO_TRY(listen(options));
    QIO_TRY(serve_page(options, novnc));
    screen_->start([this] { return server_->client_count() > 0; });
    if (!novnc && !vnc::has_builtin_novnc())
        std::fputs("vnc-demo: no noVNC for the page, only native viewers can connect; "
                   "name its folder with --novnc DIR (npm install @novnc/novnc)\n",
                   stderr);
    return {};
}

Result<void> Demo::listen(const Options& options) {
    auto done = server_->listen_websocket(address_of(options, options.websocket_port),
                                          policy_for(options.address));
    if (!done)
        return port_error(done.error(), options, "--websocket-port",
                          options.websocket_port);
    done = server_->listen(address_of(options, options.rfb_port));
    if (!done)
        return port_error(done.error(), options, "--rfb-port", options.rfb_port);
    if (!options.unix_path)
        return {};
    done = server_->listen(UnixAddress{*options.unix_path});
    if (!done)
        return path_error(done.error(), *options.unix_path);
    return {};
}

/// On the page's own port everything is spoken; whoever has but one to give needs no
/// other.
Result<void> Demo::serve_page(const Options& options,
                              const std::optional<std::string>& novnc) {
    config_ = "{\"websocketPort\":" + std::to_string(ports().websocket) +
              ",\"novnc\":" + (novnc || vnc::has_builtin_novnc() ? "true" : "false") +
              "}\n";
    vnc::HttpPages pages{.novnc_folder = novnc, .status = [this] { return status(); }};
    pages.pages.push_back({"/config.json", "application/json", as_bytes(config_)});
    for (const auto& file : demo::builtin_files()) {
        const bool is_index = file.path == "/index.html";
        const std::string type(demo::media_type(file.path));
        pages.pages.push_back({std::string(file.path), type, file.content});
        if (is_index)
            pages.pages.push_back({"/", type, file.content});
    }
    auto http = QIO_TRY(vnc::HttpService::create(std::move(pages)));
    auto done = server_->listen(address_of(options, options.page_port),
                                {.websocket = policy_for(options.address), .http = http});
    if (!done)
        return port_error(done.error(), options, "--port", options.page_port);
    return {};
}

std::string Demo::status() const {
    return vnc::status_json(std::vector<vnc::DisplayStatus>{{"demo", server_->info()}});
}

Ports Demo::ports() const {
    Ports ports;
    for (const auto& listener : server_->info().listeners) {
        const auto port = port_of({listener.address});
        if (listener.speak == vnc::Speak::anything)
            ports.page = port;
        else if (port != 0)
            (listener.speak == vnc::Speak::rfb ? ports.rfb : ports.websocket) = port;
    }
    return ports;
}

/// The name by which people reach what listens on `address`.
std::string host_for_people(const std::string& address) {
    const bool is_everywhere = address == "::" || address == "0.0.0.0";
    return tools::in_url(is_everywhere ? g_get_host_name() : address);
}

void announce(const Options& options, const Ports& ports) {
    const auto host = host_for_people(options.address);
    if (options.json) {
        std::printf("{\"page\":\"http://%s:%d/\",\"websocket\":%d,\"rfb\":%d}\n",
                    host.c_str(), ports.page, ports.websocket, ports.rfb);
    } else {
        std::printf("vnc-demo: open http://%s:%d/ in a browser\n"
                    "          native viewers: %s::%d   "
                    "WebSocket: ws://%s:%d/websockify\n",
                    host.c_str(), ports.page, host.c_str(), ports.rfb, host.c_str(),
                    ports.websocket);
        if (options.unix_path)
            std::printf("          unix socket: %s\n", options.unix_path->c_str());
        std::printf("          Ctrl-C stops\n");
    }
    std::fflush(stdout);
}

gboolean on_signal(gpointer loop) noexcept {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

int serve(const Options& options) {
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    // Installed first: a signal may come as soon as the first line is out.
    const guint signals[] = {g_unix_signal_add(SIGINT, on_signal, loop.get()),
                             g_unix_signal_add(SIGTERM, on_signal, loop.get())};
    Demo demo;
    if (auto started = demo.start(options); !started)
        return give_up(started.error().message);
    announce(options, demo.ports());
    g_main_loop_run(loop.get());
    for (const guint signal : signals)
        g_source_remove(signal);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const auto options =
        demo::parse_options({argv + 1, std::size_t(std::max(argc, 1) - 1)});
    if (!options)
        return give_up(options.error().message);
    switch (options->mode) {
    case Options::Mode::help:
        std::fputs(std::string(demo::help_text()).c_str(), stdout);
        return 0;
    case Options::Mode::version:
        std::puts("vnc-demo " QIO_VERSION);
        return 0;
    case Options::Mode::serve:
        break;
    }
    return serve(*options);
}
