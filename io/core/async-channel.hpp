// A channel for coroutines: co_await instead of callbacks.
#pragma once

#include <memory>

#include "io/core/coroutine.hpp"
#include "io/core/iovec-cursor.hpp"
#include "io/core/transfer.hpp"
#include "io/core/wait-point.hpp"
#include "io/core/watch.hpp"

namespace qio {

/// Reads and writes a channel from coroutines. One may wait to read and another to write.
///
/// Each operation takes a deadline and a stop token, and resumes on the context. In the
/// steady state nothing is allocated, and the kernel's registrations stay as they are.
/// (Two arguments rather than a WaitOptions: GCC 12 destroys a braced aggregate twice
/// when it is an argument of something that is awaited.)
///
/// Errors: those of the channel; timed_out, cancelled (also when this object goes while
/// a coroutine waits); invalid_argument for a second coroutine in the same direction.
/// Lifetime: holds the channel; lives as long as a coroutine uses it.
/// Context: the one given, or the caller's thread-default.
class QIO_API AsyncChannel {
public:
    explicit AsyncChannel(std::shared_ptr<Channel> channel,
                          GMainContext* context = nullptr)
        : channel_(std::move(channel)), input_(*channel_, Condition::in, context),
          output_(*channel_, Condition::out, context) {}

    Channel& channel() const { return *channel_; }

    /// Awaits any attempt that can succeed once `side` (in or out) holds: accept(), a
    /// message, a descriptor. It returns a Result<std::optional<T>>, empty = not yet.
    template <class Attempt>
    auto retry(Condition side, Attempt attempt, Deadline deadline = {},
               std::stop_token stop = {}) {
        return Await<Attempt>(side == Condition::out ? output_ : input_,
                              std::move(attempt), {deadline, std::move(stop)});
    }

    /// Bytes read; 0 = end of stream.
    auto read(MutableBytes buffer, Deadline deadline = {}, std::stop_token stop = {}) {
        return retry(
            Condition::in, [this, buffer] { return channel_->read(buffer); }, deadline,
            std::move(stop));
    }
    /// Bytes written, maybe fewer than asked.
    auto write(ByteView buffer, Deadline deadline = {}, std::stop_token stop = {}) {
        return retry(
            Condition::out, [this, buffer] { return channel_->write(buffer); }, deadline,
            std::move(stop));
    }
    /// True: filled. False: end of stream before the first byte.
    auto read_all_or_end(MutableBytes buffer, Deadline deadline = {},
                         std::stop_token stop = {}) {
        return retry(
            Condition::in,
            [this, buffer, started = false]() mutable {
                return read_rest(buffer, started);
            },
            deadline, std::move(stop));
    }
    /// How much was written: all of it.
    auto write_all(ByteView buffer, Deadline deadline = {}, std::stop_token stop = {}) {
        return retry(
            Condition::out,
            [this, buffer, done = std::size_t(0)]() mutable {
                return write_rest(buffer, done);
            },
            deadline, std::move(stop));
    }
    /// `buffers` must stay as they are until it resumes.
    auto writev_all(std::span<const iovec> buffers, Deadline deadline = {},
                    std::stop_token stop = {}) {
        return retry(
            Condition::out,
            [this, cursor = IovecCursor(buffers), total = total_size(buffers)]() mutable {
                return write_rest(cursor, total);
            },
            deadline, std::move(stop));
    }

private:
    class Side final : public WaitPoint {
    public:
        Side(Channel& channel, Condition condition, GMainContext* context)
            : WaitPoint(context), channel_(channel), condition_(condition) {}
        ~Side() override { cancel_parked(); }

    private:
        void arm() override;
        void on_ready(Condition condition);

        Channel& channel_;
        const Condition condition_;
        Watch watch_;
    };

    Result<std::optional<bool>> read_rest(MutableBytes& rest, bool& started);
    IoResult write_rest(ByteView buffer, std::size_t& done);
    IoResult write_rest(IovecCursor& cursor, std::size_t total);

    std::shared_ptr<Channel> channel_;
    Side input_;
    Side output_;
};

} // namespace qio
