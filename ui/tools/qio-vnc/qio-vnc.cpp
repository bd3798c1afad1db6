// qio-vnc: a VNC server for machines of QEMU with -display dbus.
#include <glib-unix.h>
#include <glib.h>

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

Result<int> serve(const Options& options) {
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
