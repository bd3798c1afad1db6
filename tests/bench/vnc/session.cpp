// A server in a process of its own, a screen that is played to it, and its viewers.
#include "tests/bench/vnc/session.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/sockets.hpp"

namespace qio::bench {

namespace {

constexpr int frame_patience = 2000; // milliseconds; then the frame was part of another
constexpr int quiet = 15;            // milliseconds without an update: all has come

using Milliseconds = std::chrono::duration<double, std::milli>;

bool touches(const Update& update, const std::vector<ui::Rect>& damage) {
    for (const auto& rect : update.rects)
        for (const auto& part : damage)
            if (!ui::intersect(rect, part).empty())
                return true;
    return false;
}

} // namespace

Session::Session(const ServerKind& server, const SceneKind& scene, const Wish& wish,
                 Size size, std::size_t viewers)
    : size_(size) {
    const auto bytes = std::size_t(size.width) * std::size_t(size.height) * 4;
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("no memory for a screen");
    pixels_ = static_cast<std::uint32_t*>(memory);
    scene_ = scene.make(Canvas(pixels_, size.width, size.height));
    start_server(server, viewers);
    for (auto& viewer : viewers_) {
        viewer.connect(wish);
        viewer.request(false);
    }
    for (auto& viewer : viewers_) {
        Update whole;
        if (!viewer.receive(whole, 10 * frame_patience))
            give_up("a server sends no screen");
        viewer.request(true);
    }
}

Session::~Session() {
    control_ = {};
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
    munmap(pixels_, std::size_t(size_.width) * std::size_t(size_.height) * 4);
}

void Session::start_server(const ServerKind& server, std::size_t viewers) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("no sockets");
    control_ = UniqueFd(ends[0]);
    auto listener = listen_on(loopback_address, 0);
    Stage stage{.pixels = pixels_,
                .width = size_.width,
                .height = size_.height,
                .control = UniqueFd(ends[1]),
                .clients = {},
                .address = loopback_address,
                .port = port_of(listener)};
    if (!server.listens)
        for (std::size_t i = 0; i < viewers; ++i) {
            viewers_.emplace_back(connect_to(stage.address, stage.port));
            stage.clients.push_back(accept_one(listener));
        }
    listener = {};
    server_ = fork();
    if (server_ < 0)
        give_up("no process for a server");
    if (server_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, server.name); // what "perf report --comm" knows it by
        control_ = {};
        viewers_.clear();
        server.serve(stage);
        _exit(0);
    }
    while (viewers_.size() < viewers)
        viewers_.emplace_back(connect_to(stage.address, stage.port));
}

/// Takes what a server sends while nothing happens, such as a better picture of what it
/// sent with a loss.
void Session::settle() {
    for (auto& viewer : viewers_) {
        Update update;
        while (viewer.receive(update, quiet))
            viewer.request(true);
    }
}

double Session::cpu() const {
    clockid_t clock{};
    timespec now{};
    if (clock_getcpuclockid(server_, &clock) != 0 || clock_gettime(clock, &now) != 0)
        give_up("a server has gone");
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

void Session::tell(const std::vector<ui::Rect>& damage) {
    const auto bytes = damage.size() * sizeof(ui::Rect);
    if (send(control_.get(), damage.data(), bytes, MSG_NOSIGNAL) != ssize_t(bytes))
        give_up("a server has gone");
}

/// Waits for the update with the damage, and asks for the next one after each.
bool Session::receive(Viewer& viewer, const std::vector<ui::Rect>& damage, Play& play) {
    Update update;
    do {
        if (!viewer.receive(update, frame_patience))
            return false;
        play.bytes += double(update.bytes);
        viewer.request(true);
    } while (!touches(update, damage));
    return true;
}

Play Session::play(int frames) {
    settle();
    Play play;
    std::vector<double> latencies;
    const double before = cpu();
    for (int frame = 0; frame < frames; ++frame) {
        const auto damage = scene_->draw_next();
        const auto start = Clock::now();
        tell(damage);
        for (auto& viewer : viewers_)
            play.merged += receive(viewer, damage, play) ? 0 : 1;
        latencies.push_back(Milliseconds(Clock::now() - start).count());
        play.wall += latencies.back();
    }
    play.cpu = (cpu() - before) / frames;
    play.wall /= frames;
    play.bytes /= frames * double(viewers_.size());
    play.latency = median_of(std::move(latencies));
    return play;
}

} // namespace qio::bench
