// internal: zero-copy sends of one socket, and the kernel's word that they are complete.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"

namespace qio {

/// One notification of the error queue: so many sends are complete.
struct Completions {
    std::uint32_t count = 0;
    bool avoided_copy = false;
    bool operator==(const Completions&) const = default;
};

/// What a message of the error queue says; empty when it is about something else.
/// Source: the kernel's documentation of MSG_ZEROCOPY.
std::optional<Completions> read_completions(msghdr& message);

/// Counts the sends, collects the completions, and tells them from errors.
///
/// Completions make the kernel report POLLERR until they are collected. Whoever sees that
/// first collects them, which may be a reader that has no use for them: news() then keeps
/// the fact for whoever flushes.
/// Context: any thread; the descriptor must stay open meanwhile.
class ZeroCopy {
public:
    /// The system calls, for tests to replace.
    struct Calls {
        ssize_t (*send)(int, const msghdr*, int) = &::sendmsg;
        ssize_t (*receive)(int, msghdr*, int) = &::recvmsg;
    };

    ZeroCopy() = default;
    explicit ZeroCopy(Calls calls) : calls_(calls) {}

    /// Whether `fd` can do it; asks the kernel once.
    bool enable(int fd);

    /// One attempt. Errors: exhausted while too much is outstanding, and as writes have.
    IoResult send(int fd, std::span<const iovec> buffers);

    /// Empty: some sends are outstanding.
    Result<std::optional<ZeroCopyOutcome>> flush(int fd);

    /// Collects what there is after POLLERR. True: there is an error besides.
    bool collect(int fd);

    /// Whether anything was ever sent, and so completions can come.
    bool is_used() const { return used_.load(std::memory_order_acquire); }
    /// Completions came since the last flush().
    bool has_news() const { return news_.load(std::memory_order_acquire); }
    /// Readable while has_news(); -1 before the first send. Borrowed.
    int news_fd() const { return is_used() ? news_fd_.get() : -1; }

private:
    enum class Support : std::uint8_t { unknown, no, yes };

    Result<void> prepare();
    std::size_t drain_locked(int fd);
    void set_news_locked();

    Calls calls_;
    std::atomic<Support> support_ = Support::unknown;
    std::atomic<bool> used_ = false;
    std::atomic<bool> news_ = false;
    UniqueFd news_fd_; // set before used_, and never changed after
    std::mutex mutex_;
    // Signed: another thread may collect a completion before its send was counted.
    std::int64_t outstanding_ = 0; // guarded by mutex_
    bool avoided_ = false;         // guarded by mutex_
};

} // namespace qio
