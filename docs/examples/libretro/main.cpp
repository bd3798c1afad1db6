// Plays a game with a libretro core, for VNC viewers and for noVNC in a browser.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include <ui/vnc/server.hpp>

#include "screen.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    std::string core, game;
    std::string address = "127.0.0.1:5900", websocket_address = "127.0.0.1:5700";
};

constexpr auto description =
    "Arrows, z, x, a, s, q, w, Enter and Shift are the joypad's directions, B, A, Y,\n"
    "X, L, R, Start and Select. An ADDRESS is HOST:PORT or unix:PATH. Nobody is asked\n"
    "for a password, so let strangers reach neither of them.";

/// Empty: it was told what is wrong.
std::optional<Options> parse(int argc, char** argv) {
    g_autofree char *address = nullptr, *websocket = nullptr;
    g_auto(GStrv) files = nullptr;
    const GOptionEntry entries[] = {
        {"listen", 'l', 0, G_OPTION_ARG_STRING, &address,
         "Where VNC viewers connect (127.0.0.1:5900)", "ADDRESS"},
        {"websocket", 'w', 0, G_OPTION_ARG_STRING, &websocket,
         "Where noVNC connects (127.0.0.1:5700)", "ADDRESS"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, nullptr, nullptr},
        {}};
    g_autoptr(GOptionContext) context = g_option_context_new("CORE GAME");
    g_option_context_set_summary(context, "Plays GAME with the libretro core in the file "
                                          "CORE, for VNC viewers.");
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, nullptr);
    g_autoptr(GError) error = nullptr;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        std::fprintf(stderr, "%s (try --help)\n", error->message);
        return std::nullopt;
    }
    if (!files || g_strv_length(files) != 2) {
        std::fputs("wanted: CORE GAME (try --help)\n", stderr);
        return std::nullopt;
    }
    Options options{files[0], files[1]};
    if (address)
        options.address = address;
    if (websocket)
        options.websocket_address = websocket;
    return options;
}

/// A server in a thread of its own, for a program whose main thread has other things to
/// do.
class ServerThread {
public:
    explicit ServerThread(std::shared_ptr<qio::ui::Display> display)
        : server_(qio::vnc::Server::create(std::move(display), {}, context_.get())) {}
    /// The context belongs to this thread again when the other has ended.
    ~ServerThread() {
        stopping_ = true;
        g_main_context_wakeup(context_.get());
        if (thread_.joinable())
            thread_.join();
    }
    ServerThread(const ServerThread&) = delete;
    ServerThread& operator=(const ServerThread&) = delete;

    /// Prints where it listens. Requires: start() has not been called.
    qio::Result<void> listen(const Options& options) {
        const auto address = QIO_TRY(qio::parse_socket_address(options.address));
        const auto websocket_address =
            QIO_TRY(qio::parse_socket_address(options.websocket_address));
        QIO_TRY(server_->listen(address));
        QIO_TRY(server_->listen_websocket(websocket_address));
        for (const auto& bound : server_->addresses())
            std::printf("VNC viewers: %s\n", qio::to_string(bound).c_str());
        for (const auto& bound : server_->websocket_addresses())
            std::printf("WebSocket: %s\n", qio::to_string(bound).c_str());
        std::fflush(stdout);
        return {};
    }

    void start() {
        thread_ = std::thread([this] {
            while (!stopping_)
                g_main_context_iteration(context_.get(), TRUE);
        });
    }

private:
    qio::Handle<GMainContext, &g_main_context_unref> context_{g_main_context_new()};
    std::unique_ptr<qio::vnc::Server> server_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

std::atomic<bool> interrupted = false;

/// Waits for each frame's turn. Who is far behind does not catch up.
class Pace {
public:
    void wait(double frames_per_second) {
        const std::chrono::duration<double> frame(1 / frames_per_second);
        next_ += std::chrono::duration_cast<Clock::duration>(frame);
        if (Clock::now() > next_ + std::chrono::milliseconds(100))
            next_ = Clock::now();
        std::this_thread::sleep_until(next_);
    }

private:
    Clock::time_point next_ = Clock::now();
};

qio::Result<void> play(const Options& options) {
    Screen screen;
    const auto core = QIO_TRY(Core::load(options.core, screen));
    QIO_TRY(core->load_game(options.game));
    QIO_TRY(screen.display()->set_name(core->name()));

    ServerThread server(screen.display());
    QIO_TRY(server.listen(options));
    server.start();
    for (Pace pace; !interrupted && !screen.is_shut_down();) {
        core->run();
        pace.wait(core->frame_rate());
    }
    return {};
}

} // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    if (!options)
        return 2;
    for (const int signal : {SIGINT, SIGTERM})
        std::signal(signal, [](int) { interrupted = true; });
    const auto played = play(*options);
    if (!played)
        std::fprintf(stderr, "%s\n", played.error().message.c_str());
    return played ? 0 : 1;
}
