// internal: a write to a pipe without a reader, without the signal.
#pragma once

#include <cerrno>
#include <csignal>

namespace qio {

/// Blocks SIGPIPE for this thread while it lives. A library must not change the signal's
/// disposition, which is the whole process's.
class SigpipeGuard {
public:
    SigpipeGuard() {
        sigemptyset(&only_pipe_);
        sigaddset(&only_pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &only_pipe_, &old_mask_);
        // One can be pending already only if it was blocked already; that one is not
        // ours.
        sigset_t pending;
        if (sigismember(&old_mask_, SIGPIPE) && sigpending(&pending) == 0)
            was_pending_ = sigismember(&pending, SIGPIPE);
    }
    ~SigpipeGuard() { pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr); }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

    /// Takes back the signal that a write has raised. Requires: the write failed or was
    /// short (the reader may have left in the middle of it).
    void take_back() {
        const timespec at_once{};
        if (!was_pending_)
            while (sigtimedwait(&only_pipe_, nullptr, &at_once) < 0 && errno == EINTR)
                continue;
    }

private:
    sigset_t only_pipe_;
    sigset_t old_mask_;
    bool was_pending_ = false;
};

} // namespace qio
