// internal: threads that encode.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "io/core/wakeup.hpp"
#include "ui/vnc/encode-job.hpp"

namespace qio::vnc {

/// Encodes jobs on threads of its own, and hands the results back on a context. Small
/// jobs are done at once, where they are given: less time passes than a thread needs to
/// wake up.
///
/// Context: that of the results; frames and jobs are let go there as well.
class EncodePool {
public:
    using Done = std::move_only_function<void(const EncodedRects&)>;

    /// `threads`: 0 = one for each processor, at most max_threads.
    explicit EncodePool(std::size_t threads, GMainContext* context);
    /// Waits for the parts that are being encoded; the rest is dropped.
    ~EncodePool();
    EncodePool(const EncodePool&) = delete;
    EncodePool& operator=(const EncodePool&) = delete;

    static constexpr std::size_t max_threads = 16;

    /// Calls `done` with the result: before this returns if the job is small, or needs no
    /// encoding, otherwise later. Jobs may end in another order than they came. `done`
    /// may give more jobs, and may destroy the pool.
    void run(EncodeJob job, Done done);

    /// Frees memory that is kept for large results, if it is more than frames of this
    /// many pixels need.
    void expect(std::size_t pixels);

private:
    struct Work;
    struct Part;
    /// Memory that results are encoded into, used again when they have been sent. Lives
    /// as long as the last of them.
    class Buffers;

    void encode_here(const EncodeJob& job, Done done);
    void start_threads();
    void serve();
    void encode_part(const Part& part, EncoderSet& encoders);
    void deliver();

    const std::size_t thread_count_;
    const std::shared_ptr<Buffers> buffers_;
    EncoderSet encoders_;                      // for what is encoded here
    std::vector<std::shared_ptr<Work>> works_; // given, not delivered
    Wakeup wakeup_;
    std::mutex mutex_; // guards all below
    std::condition_variable has_parts_;
    bool stopping_ = false;
    std::deque<Part> parts_;
    std::vector<std::jthread> threads_; // last: they use all above
};

} // namespace qio::vnc
