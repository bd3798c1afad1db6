// qio-relay: connects any two channel addresses, WebSocket clients to TCP among them.
#include <glib-unix.h>
#include <glib.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "io/base/handle.hpp"
#include "io/tools/relay-leaf.hpp"
#include "io/tools/relay-log.hpp"
#include "io/tools/relay-options.hpp"
#include "io/tools/relay-server.hpp"
#include "io/tools/relay-web.hpp"

namespace {

using namespace qio;
using namespace qio::relay;

int give_up(std::string_view message) {
    std::fprintf(stderr, "qio-relay: %.*s\n", int(message.size()), message.data());
    return 2;
}

gboolean on_stop(gpointer server) noexcept {
    static_cast<Server*>(server)->stop();
    return G_SOURCE_CONTINUE;
}

gboolean on_reload(gpointer server) noexcept {
    static_cast<Server*>(server)->reload();
    return G_SOURCE_CONTINUE;
}

Result<int> serve(const Options& options) {
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    const auto log = QIO_TRY(Log::create({.json = options.json,
                                          .quiet = options.quiet,
                                          .to_stderr = options.uses_stdio(),
                                          .access_log = options.access_log}));
    const auto server =
        QIO_TRY(Server::create(options, *log, [&] { g_main_loop_quit(loop.get()); }));
    // Installed first: a signal may come as soon as the first line is out.
    const guint signals[] = {g_unix_signal_add(SIGINT, on_stop, server.get()),
                             g_unix_signal_add(SIGTERM, on_stop, server.get()),
                             g_unix_signal_add(SIGHUP, on_reload, server.get())};
    QIO_TRY(server->start());
    g_main_loop_run(loop.get());
    for (const guint signal : signals)
        g_source_remove(signal);
    restore_terminal();
    return server->has_failed() ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
    // Who reads the log may leave.
    std::signal(SIGPIPE, SIG_IGN);
    const auto options =
        parse_options({argv + 1, std::size_t(std::max(argc, 1) - 1)}, web_support());
    if (!options)
        return give_up(options.error().message);
    switch (options->mode) {
    case Options::Mode::help:
        std::fputs(std::string(help_text()).c_str(), stdout);
        return 0;
    case Options::Mode::version:
        std::puts("qio-relay " QIO_VERSION);
        return 0;
    case Options::Mode::serve:
        break;
    }
    const auto status = serve(*options);
    return status ? *status : give_up(status.error().message);
}
