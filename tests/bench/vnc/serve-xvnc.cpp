// TigerVNC's Xvnc, and an X client in a process of its own that draws to it.
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <string>

#include "tests/bench/harness.hpp"
#include "tests/bench/vnc/server-kinds.hpp"

// Last, since they define names such as None as macros.
#include <X11/Xlib.h>
#include <X11/extensions/XShm.h>

namespace qio::bench {

namespace {

/// Draws what is damaged to the whole of an X screen, through memory that both share.
class Painter {
public:
    Painter(Stage& stage, const std::string& display)
        : stage_(stage), display_(XOpenDisplay(display.c_str())) {
        if (!display_)
            give_up("Xvnc lets nobody draw");
        const int screen = DefaultScreen(display_);
        root_ = RootWindow(display_, screen);
        image_ =
            XShmCreateImage(display_, DefaultVisual(display_, screen),
                            unsigned(DefaultDepth(display_, screen)), ZPixmap, nullptr,
                            &memory_, unsigned(stage.width), unsigned(stage.height));
        if (!image_ || image_->bits_per_pixel != 32)
            give_up("Xvnc has other pixels");
        const auto bytes =
            std::size_t(image_->bytes_per_line) * std::size_t(stage.height);
        memory_.shmid = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
        memory_.shmaddr = image_->data =
            static_cast<char*>(shmat(memory_.shmid, nullptr, 0));
        memory_.readOnly = True;
        if (!XShmAttach(display_, &memory_))
            give_up("Xvnc shares no memory");
        XSync(display_, False);
        shmctl(memory_.shmid, IPC_RMID, nullptr); // it goes with the last of its users
    }

    void paint(const ui::Rect& rect) {
        for (int y = rect.y; y < rect.y + rect.height; ++y)
            std::memcpy(image_->data + y * image_->bytes_per_line + rect.x * 4,
                        stage_.pixels + std::ptrdiff_t(y) * stage_.width + rect.x,
                        std::size_t(rect.width) * 4);
        XShmPutImage(display_, root_, DefaultGC(display_, DefaultScreen(display_)),
                     image_, rect.x, rect.y, rect.x, rect.y, unsigned(rect.width),
                     unsigned(rect.height), False);
    }

    /// Until Xvnc has what was painted, so that the memory may change.
    void finish() { XSync(display_, False); }

private:
    Stage& stage_;
    ::Display* display_;
    Window root_ = 0;
    XImage* image_ = nullptr;
    XShmSegmentInfo memory_{};
};

/// Waits until Xvnc says its number, and draws until the control socket ends.
void paint_all(Stage& stage, int number_fd) {
    std::array<char, 16> number{};
    if (read(number_fd, number.data(), number.size() - 1) <= 0)
        give_up("Xvnc does not start");
    Painter painter(stage, ":" + std::to_string(std::atoi(number.data())));
    const ui::Rect all{0, 0, stage.width, stage.height};
    painter.paint(all);
    painter.finish();
    for (auto rects = take_damage(stage); !rects.empty(); rects = take_damage(stage)) {
        for (const auto& rect : rects)
            painter.paint(rect);
        painter.finish();
    }
}

} // namespace

void serve_xvnc(Stage& stage) {
    std::array<int, 2> number;
    if (pipe(number.data()) != 0)
        give_up("no pipe");
    const auto painter = fork();
    if (painter == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(number[1]);
        paint_all(stage, number[0]);
        _exit(0);
    }
    close(number[0]);
    const auto geometry =
        std::to_string(stage.width) + "x" + std::to_string(stage.height);
    const auto port = std::to_string(stage.port);
    const auto display = std::to_string(number[1]);
    if (freopen("/dev/null", "w", stderr) == nullptr)
        give_up("no /dev/null");
    execlp("Xvnc", "Xvnc", "-displayfd", display.c_str(), "-geometry", geometry.c_str(),
           "-depth", "24", "-rfbport", port.c_str(), "-interface", stage.address,
           "-SecurityTypes", "None", "-AlwaysShared", "-AcceptSetDesktopSize=0", "-ac",
           nullptr);
    _exit(1);
}

} // namespace qio::bench
