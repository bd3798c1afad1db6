// A server in a process of its own, a screen that is played to it, and its viewers.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <vector>

#include "tests/bench/vnc/scenes.hpp"
#include "tests/bench/vnc/server-kinds.hpp"
#include "tests/bench/vnc/viewer.hpp"

namespace qio::bench {

struct Size {
    int width;
    int height;
};

/// What playing some frames took, per frame.
struct Play {
    double cpu = 0;     ///< the server's whole process, user's and system's, in ms
    double wall = 0;    ///< from damage to damage, without the drawing, in ms
    double latency = 0; ///< from damage to the last byte, in ms: the median
    double bytes = 0;   ///< to each viewer
    int merged = 0;     ///< frames that no update brought by itself
};

/// Context: one thread, in a process that has no other one: it forks.
class Session {
public:
    Session(const ServerKind& server, const SceneKind& scene, const Wish& wish, Size size,
            std::size_t viewers = 1);
    /// Ends the server.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Draws a frame when the one before has come, and every viewer has asked.
    Play play(int frames);

private:
    using Clock = std::chrono::steady_clock;

    void start_server(const ServerKind& server, std::size_t viewers);
    void connect_viewers(int port, std::size_t viewers);
    void settle();
    double cpu() const;
    void tell(const std::vector<ui::Rect>& damage);
    bool receive(Viewer& viewer, const std::vector<ui::Rect>& damage, Play& play);

    Size size_;
    std::uint32_t* pixels_;
    std::unique_ptr<Scene> scene_;
    UniqueFd control_;
    pid_t server_ = -1;
    std::vector<Viewer> viewers_;
};

} // namespace qio::bench
