// qio-vnc: a VNC server for machines of QEMU with -display dbus.
#include <glib-unix.h>
#include <glib.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "io/base/handle.hpp"
#include "io/socket/inherited-sockets.hpp"
#include "ui/tools/qio-vnc/bridge.hpp"
#include "ui/tools/qio-vnc/options.hpp"
#include "ui/tools/qio-vnc/sandbox.hpp"

namespace {

using namespace qio;
using namespace qio::bridge;

int give_up(std::string_view message) {
    std::fprintf(stderr, "qio-vnc: %.*s\n", int(message.size()), message.data());
    return 2;
}

gboolean on_stop(gpointer bridge) noexcept {
    static_cast<Bridge*>(bridge)->stop("stopped by a signal");
    return G_SOURCE_CONTINUE;
}

gboolean on_reload(gpointer bridge) noexcept {
    static_cast<Bridge*>(bridge)->reload();
    return G_SOURCE_CONTINUE;
}

/// Looked at before anything of ours has that number.
Result<void> check_peer(const Options& options) {
    struct stat status;
    if (!options.peer_fd ||
        (fstat(*options.peer_fd, &status) == 0 && S_ISSOCK(status.st_mode)))
        return {};
    return Error{ErrorKind::invalid_argument, 0,
                 "--dbus-p2p-fd " + std::to_string(*options.peer_fd) +
                     ": there is no such socket; give the number of one that was "
                     "passed on"};
}

Result<int> serve(const Options& options) {
    QIO_TRY(check_peer(options));
    auto inherited = QIO_TRY(listen_fds_from_environment());
    if (options.sandbox)
        if (auto done = enter_sandbox(); !done)
            return std::move(done).error().with_context("--sandbox on");
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    int status = 0;
    bool is_done = false;
    const auto bridge =
        QIO_TRY(Bridge::create(options, std::move(inherited), [&](int result) {
            status = result;
            is_done = true;
            g_main_loop_quit(loop.get());
        }));
    const guint signals[] = {g_unix_signal_add(SIGINT, on_stop, bridge.get()),
                             g_unix_signal_add(SIGTERM, on_stop, bridge.get()),
                             g_unix_signal_add(SIGHUP, on_reload, bridge.get())};
    auto started = bridge->start();
    if (started && !is_done)
        g_main_loop_run(loop.get());
    for (const guint signal : signals)
        g_source_remove(signal);
    QIO_TRY(std::move(started));
    return status;
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto options = parse_options({argv + 1, std::size_t(std::max(argc, 1) - 1)});
    if (!options)
        return give_up(options.error().message);
    switch (options->mode) {
    case Options::Mode::help:
        std::fputs(std::string(help_text()).c_str(), stdout);
        return 0;
    case Options::Mode::version:
        std::puts("qio-vnc " QIO_VERSION);
        return 0;
    case Options::Mode::serve:
        break;
    }
    if (!options->trace.empty())
        setenv("QIO_TRACE", options->trace.c_str(), 1);
    const auto status = serve(*options);
    return status ? *status : give_up(status.error().message);
}
