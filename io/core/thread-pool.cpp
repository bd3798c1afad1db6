// A pool of threads for work that would block.
#include "io/core/thread-pool.hpp"

#include <glib.h>

#include <atomic>
#include <memory>

namespace qio {

namespace {

using Function = std::move_only_function<void()>;

constexpr int max_threads = 16;

// The pool's own lock hands work over; a race detector does not see into GLib, but this.
std::atomic<unsigned> handed_over = 0;

void run(gpointer data, gpointer) noexcept {
    (void)handed_over.load(std::memory_order_acquire);
    const std::unique_ptr<Function> function(static_cast<Function*>(data));
    (*function)();
}

GThreadPool* pool() {
    // Never freed: a thread may still be at work when the process ends.
    static GThreadPool* const instance =
        g_thread_pool_new(&run, nullptr, max_threads, FALSE, nullptr);
    return instance;
}

} // namespace

void run_in_pool(Function function) {
    auto owned = std::make_unique<Function>(std::move(function));
    handed_over.fetch_add(1, std::memory_order_release);
    // Without a thread to be had the work waits in line, which is no error here.
    g_thread_pool_push(pool(), owned.release(), nullptr);
}

} // namespace qio
