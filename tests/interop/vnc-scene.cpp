// A VNC server for tests with real clients: it shows the moving picture, says who comes
// and what viewers do, and does what the lines on its standard input tell.
//
// With --ppm STEP it writes that picture instead.
#include <glib-unix.h>

#include <algorithm>
#include <cstdio>

#include "io/base/handle.hpp"
#include "io/tls/credentials-anon.hpp"
#include "io/tls/credentials-x509.hpp"
#include "tests/interop/options.hpp"
#include "tests/interop/scene-display.hpp"
#include "tests/interop/serving.hpp"
#include "ui/vnc/router.hpp"
#include "ui/vnc/server.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

struct Setup {
    std::size_t port = 0;
    std::vector<std::string> methods;
    std::string password, view_only_password, user;
    std::string tls, wss; ///< folders
    bool anonymous_tls = false, lossless = false, route = false;
    std::string ppm, size;
};

const std::map<std::string, vnc::LoginMethod> methods = {
    {"password", vnc::LoginMethod::password},
    {"sasl", vnc::LoginMethod::sasl},
    {"plain", vnc::LoginMethod::plain},
    {"rsa-aes", vnc::LoginMethod::rsa_aes},
};

Setup parse(Options& options, int argc, char** argv) {
    Setup setup;
    options.number("--port", setup.port)
        .list("--method", setup.methods)
        .text("--password", setup.password)
        .text("--view-only-password", setup.view_only_password)
        .text("--user", setup.user)
        .text("--tls", setup.tls)
        .flag("--anonymous-tls", setup.anonymous_tls)
        .text("--wss", setup.wss)
        .flag("--lossless", setup.lossless)
        .flag("--route", setup.route)
        .text("--ppm", setup.ppm)
        .text("--size", setup.size)
        .parse(argc, argv);
    return setup;
}

Result<std::shared_ptr<TlsCredentials>> certificates(const std::string& folder) {
    auto made = QIO_TRY(TlsCredentialsX509::create({.endpoint = tls::Endpoint::server,
                                                    .directory = folder,
                                                    .verify_peer = tls::VerifyPeer::no}));
    return std::shared_ptr<TlsCredentials>(std::move(made));
}

Result<std::shared_ptr<TlsCredentials>> credentials(const Setup& setup) {
    if (!setup.anonymous_tls)
        return certificates(setup.tls);
    auto made = QIO_TRY(TlsCredentialsAnon::create({.endpoint = tls::Endpoint::server}));
    return std::shared_ptr<TlsCredentials>(std::move(made));
}

vnc::CheckPassword password_checker(const Setup& setup) {
    return [user = setup.user, password = setup.password](
               const vnc::LoginRequest& request, const std::string& given,
               vnc::LoginAnswer answer) {
        const bool is_right = request.user == user && given == password;
        answer(is_right ? vnc::LoginDecision::control : vnc::LoginDecision::refuse);
    };
}

Result<std::shared_ptr<vnc::Security>> make_security(const Setup& setup) {
    vnc::SecurityOptions wanted{.style = vnc::OfferStyle::several};
    for (const auto& name : setup.methods)
        wanted.methods.push_back(methods.at(name));
    if (!setup.tls.empty() || setup.anonymous_tls)
        wanted.tls = QIO_TRY(credentials(setup));
    if (std::ranges::count(setup.methods, "plain") != 0)
        wanted.check_password = password_checker(setup);
    wanted.authorize = [](const vnc::LoginRequest& request, vnc::LoginAnswer answer) {
        say("login " + request.method + " " + request.user);
        answer(request.view_only ? vnc::LoginDecision::view_only
                                 : vnc::LoginDecision::control);
    };
    auto security = QIO_TRY(vnc::Security::create(std::move(wanted)));
    if (!setup.password.empty())
        (void)security->set_password(setup.password);
    if (!setup.view_only_password.empty())
        QIO_TRY(security->set_view_only_password(setup.view_only_password));
    return security;
}

vnc::ServerOptions server_options(std::shared_ptr<vnc::Security> security,
                                  bool lossless) {
    vnc::ServerOptions options{.share = vnc::SharePolicy::ignore,
                               .lossy = !lossless,
                               .power_control = true,
                               .security = std::move(security)};
    options.events.initialized = [](const vnc::ClientInfo& client) {
        say(std::string("client ") +
            (client.role == vnc::Role::view ? "view" : "control"));
    };
    options.events.disconnected = [](const vnc::ClientInfo&) { say("gone"); };
    return options;
}

gboolean quit(gpointer loop) noexcept {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

gboolean obey_input(gint, GIOCondition, gpointer input) noexcept {
    return static_cast<CommandInput*>(input)->read() ? G_SOURCE_CONTINUE
                                                     : G_SOURCE_REMOVE;
}

void run(const Commands& commands, const std::string& port) {
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    CommandInput input(commands);
    g_unix_signal_add(SIGTERM, &quit, loop.get());
    g_unix_signal_add(SIGINT, &quit, loop.get());
    g_unix_fd_add(0, GIOCondition(G_IO_IN | G_IO_HUP), &obey_input, &input);
    say("listening " + port);
    g_main_loop_run(loop.get());
}

std::string port_of(const SocketAddress& address) {
    return std::get<InetAddress>(address).port;
}

/// Two displays of a router, "first" and "second", which is at its last step; or one.
Result<void> serve(const Setup& setup) {
    SceneDisplay first, second;
    auto security = QIO_TRY(make_security(setup));
    const auto options = server_options(std::move(security), setup.lossless);
    const auto server = vnc::Server::create(first.display(), options);
    const auto other = vnc::Server::create(second.display(), options);
    const SocketAddress address =
        InetAddress{.host = "127.0.0.1", .port = std::to_string(setup.port)};
    vnc::ListenOptions listening;
    if (!setup.wss.empty())
        listening.credentials = QIO_TRY(certificates(setup.wss));
    second.commands().at("step")({"step", std::to_string(last_step)});
    const auto commands = first.commands();
    if (!setup.size.empty())
        obey(commands, "size " + setup.size);
    if (!setup.route) {
        QIO_TRY(server->listen(address, listening));
        run(commands, port_of(server->addresses().front()));
        return {};
    }
    const auto router = vnc::Router::create();
    QIO_TRY(router->add("first", *server));
    QIO_TRY(router->add("second", *other));
    QIO_TRY(router->listen(address, listening));
    run(commands, port_of(router->listeners().front().address));
    return {};
}

void write_ppm(int step) {
    std::printf("P6 %d %d 255\n", scene_width, scene_height);
    for (int y = 0; y < scene_height; ++y)
        for (int x = 0; x < scene_width; ++x)
            for (const int shift : {16, 8, 0})
                std::putchar(int(scene_pixel(x, y, step) >> shift & 255));
}

} // namespace

int main(int argc, char** argv) {
    Options options("vnc-scene");
    const auto setup = parse(options, argc, argv);
    if (!setup.ppm.empty())
        return write_ppm(std::atoi(setup.ppm.c_str())), 0;
    for (const auto& name : setup.methods)
        if (!methods.contains(name))
            options.refuse("no method '" + name + "'");
    if (const auto served = serve(setup); !served)
        options.refuse(served.error().message);
    return 0;
}
