// A screen that changes for some seconds, and a viewer behind a slow link.
#include "tests/bench/links/burst.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <new>
#include <thread>

#include "tests/bench/harness.hpp"
#include "tests/bench/links/link-viewer.hpp"
#include "tests/bench/vnc/sockets.hpp"

namespace qio::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int width = 1024, height = 768;
constexpr int frames = 60;
constexpr auto frame_time = std::chrono::nanoseconds(std::chrono::seconds(1)) / 30;
constexpr auto patience = std::chrono::seconds(60);
constexpr int server_port = 5900; // of a network that nobody else is in

/// What processes share: pixels, and when they stopped changing.
struct Screen {
    std::array<std::uint32_t, std::size_t(width) * height> pixels{};
    std::atomic<Clock::rep> end = 0; // 0: they still change
};

/// Memory that a fork keeps in common.
class SharedScreen {
public:
    SharedScreen()
        : memory_(mmap(nullptr, sizeof(Screen), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        if (memory_ == MAP_FAILED)
            give_up("no memory for a screen");
        screen_ = new (memory_) Screen;
    }
    ~SharedScreen() { munmap(memory_, sizeof(Screen)); }
    SharedScreen(const SharedScreen&) = delete;
    SharedScreen& operator=(const SharedScreen&) = delete;
    Screen* operator->() const { return screen_; }

private:
    void* memory_;
    Screen* screen_;
};

/// A process that runs a function, and is ended with its owner.
class Child {
public:
    explicit Child(const std::function<void()>& work) : pid_(fork()) {
        if (pid_ < 0)
            give_up("no process");
        if (pid_ != 0)
            return;
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        work();
        _exit(0);
    }
    ~Child() {
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

private:
    pid_t pid_;
};

void serve(const Network& network, const ServerKind& server, Stage stage) {
    network.enter(Network::server);
    if (!server.listens) {
        const auto listener = listen_on(stage.address, stage.port);
        stage.clients.push_back(accept_one(listener));
    }
    server.serve(stage);
}

Canvas canvas_of(const SharedScreen& screen) {
    return {screen->pixels.data(), width, height};
}

/// Draws the frame's number in squares of black and white, so that no other frame is near
/// enough, however alike a scene's are.
ui::Rect draw_number(Canvas canvas, int frame) {
    constexpr int side = 16, bits = 6;
    static_assert(frames < 1 << bits);
    for (int bit = 0; bit < bits; ++bit)
        canvas.fill({bit * side, 0, side, side}, frame >> bit & 1 ? 0xFFFFFF : 0);
    return {0, 0, bits * side, side};
}

void play(Scene& scene, const UniqueFd& control, const SharedScreen& screen) {
    auto next = Clock::now();
    for (int frame = 1; frame <= frames; ++frame) {
        std::this_thread::sleep_until(next);
        next += frame_time;
        auto damage = scene.draw_next();
        damage.push_back(draw_number(canvas_of(screen), frame));
        const auto bytes = damage.size() * sizeof(ui::Rect);
        if (send(control.get(), damage.data(), bytes, MSG_NOSIGNAL) != ssize_t(bytes))
            give_up("a server has gone");
    }
    screen->end = Clock::now().time_since_epoch().count();
}

void wait_for_picture(LinkViewer& viewer, const SharedScreen& screen) {
    const auto limit = Clock::now() + patience;
    while (!viewer.wait() || !viewer.shows(screen->pixels))
        if (Clock::now() > limit)
            give_up("a server does not show its screen");
}

Outcome follow(LinkViewer& viewer, const SharedScreen& screen) {
    const auto begin = Clock::now();
    const auto received = viewer.received();
    Outcome outcome;
    auto latest = begin; // update
    while (screen->end == 0 || !viewer.shows(screen->pixels)) {
        if (viewer.wait()) {
            latest = Clock::now();
            ++outcome.updates;
        }
        if (Clock::now() > begin + patience)
            give_up("a server does not show how its screen has become");
    }
    const Clock::time_point end{Clock::duration(screen->end)};
    outcome.current = std::max(Milliseconds(latest - end).count(), 0.0);
    outcome.bytes = double(viewer.received() - received);
    return outcome;
}

} // namespace

Outcome play_burst(const Network& network, const ServerKind& server,
                   const SceneKind& scene, const Wish& wish) {
    const SharedScreen screen;
    const auto drawn = scene.make(canvas_of(screen));
    std::array<int, 2> ends;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        give_up("no sockets");
    const UniqueFd control(ends[0]);
    UniqueFd servers(ends[1]);
    const char* const address = Network::addresses[Network::server];
    const Child serving([&] {
        serve(network, server,
              {.pixels = screen->pixels.data(),
               .width = width,
               .height = height,
               .control = std::move(servers),
               .clients = {},
               .address = address,
               .port = server_port});
    });
    servers = {};
    network.enter(Network::viewer);
    LinkViewer viewer(connect_to(address, server_port));
    network.leave();
    viewer.connect(wish);
    wait_for_picture(viewer, screen);
    const Child playing([&] { play(*drawn, control, screen); });
    return follow(viewer, screen);
}

} // namespace qio::bench
