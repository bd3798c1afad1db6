// Threads that encode.
#include "ui/vnc/encode-pool.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "ui/vnc/raw-in-place.hpp"

namespace qio::vnc {

namespace {

// As many pixels as are encoded in the time that it takes to wake a thread and be woken.
constexpr std::size_t max_area_here = 16 * 1024;

// Buffers that wait to be used again.
constexpr std::size_t max_spare_buffers = 4;

// Bytes that an encoding needs for a pixel in the worst case, and some headers.
constexpr std::size_t max_pixel_bytes = 5;

std::size_t threads_for(std::size_t wanted) {
    const std::size_t processors = std::max(std::thread::hardware_concurrency(), 1u);
    return std::min(wanted == 0 ? processors : wanted, EncodePool::max_threads);
}

} // namespace

/// A job whose parts are being encoded.
struct EncodePool::Work {
    EncodeJob job;
    Done done;
    std::vector<EncodeJob> parts;
    std::vector<Bytes> outputs;           // one for each part, written by its thread
    std::vector<EncodedSegment> segments; // likewise
    std::atomic<std::size_t> missing;     // parts
};

struct EncodePool::Part {
    Work* work;
    std::size_t index;
};

class EncodePool::Buffers : public std::enable_shared_from_this<Buffers> {
public:
    Bytes take() {
        if (spare_.empty())
            return {};
        Bytes bytes = std::move(spare_.back());
        spare_.pop_back();
        return bytes;
    }

    std::shared_ptr<const Bytes> share(Bytes bytes) {
        auto owned = std::make_unique<Bytes>(std::move(bytes));
        return {owned.release(), [self = shared_from_this()](Bytes* returned) {
                    self->give(std::unique_ptr<Bytes>(returned));
                }};
    }

    void set_largest(std::size_t bytes) {
        largest_ = bytes;
        std::erase_if(spare_, [bytes](auto& spare) { return spare.capacity() > bytes; });
    }

private:
    void give(std::unique_ptr<Bytes> bytes) {
        if (spare_.size() >= max_spare_buffers || bytes->capacity() > largest_)
            return;
        bytes->clear();
        spare_.push_back(std::move(*bytes));
    }

    std::vector<Bytes> spare_;
    std::size_t largest_ = 0;
};

EncodePool::EncodePool(std::size_t threads, GMainContext* context)
    : thread_count_(threads_for(threads)), buffers_(std::make_shared<Buffers>()),
      wakeup_([this] { deliver(); }, context) {}

EncodePool::~EncodePool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        parts_.clear();
    }
    has_parts_.notify_all();
    threads_.clear(); // joins
}

void EncodePool::run(EncodeJob job, Done done) {
    if (const auto result = job.video ? std::nullopt : raw_in_place(job))
        return done(*result);
    if (!job.video && job.area() <= max_area_here)
        return encode_here(job, std::move(done));
    auto work = std::make_shared<Work>();
    work->parts = split(job, thread_count_);
    work->outputs.resize(work->parts.size());
    for (auto& output : work->outputs)
        output = buffers_->take();
    work->segments.resize(work->parts.size());
    work->missing = work->parts.size();
    work->job = std::move(job);
    work->done = std::move(done);
    works_.push_back(work);
    start_threads();
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < work->parts.size(); ++i)
            parts_.push_back({work.get(), i});
    }
    has_parts_.notify_all();
}

void EncodePool::expect(std::size_t pixels) {
    buffers_->set_largest(pixels * max_pixel_bytes);
}

void EncodePool::encode_here(const EncodeJob& job, Done done) {
    Bytes out = buffers_->take();
    EncodedRects result;
    auto segment = encode(job, encoders_, out);
    result.count = segment.count;
    result.lossy = std::move(segment.lossy);
    result.pieces.push_back(EncodedPiece::of(buffers_->share(std::move(out))));
    done(result);
}

/// They are started when they are first needed: most displays have no client.
void EncodePool::start_threads() {
    while (threads_.size() < thread_count_)
        threads_.emplace_back([this] { serve(); });
}

void EncodePool::serve() {
    EncoderSet encoders;
    std::unique_lock lock(mutex_);
    while (true) {
        has_parts_.wait(lock, [this] { return stopping_ || !parts_.empty(); });
        if (stopping_)
            return;
        const Part part = parts_.front();
        parts_.pop_front();
        lock.unlock();
        encode_part(part, encoders);
        lock.lock();
    }
}

void EncodePool::encode_part(const Part& part, EncoderSet& encoders) {
    auto& work = *part.work;
    work.segments[part.index] =
        encode(work.parts[part.index], encoders, work.outputs[part.index]);
    // From here on the work may be gone, unless parts of it are missing.
    if (work.missing.fetch_sub(1, std::memory_order_acq_rel) == 1)
        wakeup_.signal();
}

void EncodePool::deliver() {
    std::vector<std::shared_ptr<Work>> ready;
    std::erase_if(works_, [&ready](auto& work) {
        const bool is_ready = work->missing.load(std::memory_order_acquire) == 0;
        if (is_ready)
            ready.push_back(work);
        return is_ready;
    });
    std::vector<EncodedRects> results(ready.size());
    for (std::size_t i = 0; i < ready.size(); ++i) {
        for (auto& output : ready[i]->outputs)
            results[i].pieces.push_back(
                EncodedPiece::of(buffers_->share(std::move(output))));
        for (const auto& segment : ready[i]->segments) {
            results[i].count += segment.count;
            results[i].lossy.add(segment.lossy);
        }
    }
    for (std::size_t i = 0; i < ready.size(); ++i)
        ready[i]->done(results[i]); // may destroy the pool
}

} // namespace qio::vnc
