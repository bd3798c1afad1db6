// Two channels in memory, joined back to back, with room for a bounded number of bytes.
#include "tests/support/pipe-channel.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "io/base/byte-queue.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/wait.hpp"

namespace qio::test {

namespace {

/// An eventfd that is readable, or writable, exactly while a flag is set.
class FlagFd {
public:
    enum class Kind { readable, writable };
    explicit FlagFd(Kind kind)
        : kind_(kind), fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
          set_(kind == Kind::writable) {}
    int fd() const { return fd_.get(); }
    void set(bool on) {
        if (on == set_)
            return;
        set_ = on;
        // A full counter is what an eventfd cannot be written at.
        const bool fill = (kind_ == Kind::readable) == on;
        eventfd_t value = kind_ == Kind::readable ? 1 : ~eventfd_t(0) - 1;
        if (fill)
            eventfd_write(fd_.get(), value);
        else
            eventfd_read(fd_.get(), &value);
    }

private:
    Kind kind_;
    UniqueFd fd_;
    bool set_;
};

/// One direction.
struct Lane {
    explicit Lane(std::size_t capacity) : bytes(capacity) {}
    std::mutex mutex;
    ByteQueue bytes;
    bool writer_gone = false;
    bool reader_gone = false;
    FlagFd readable{FlagFd::Kind::readable};
    FlagFd writable{FlagFd::Kind::writable};

    void update() {
        readable.set(!bytes.empty() || writer_gone);
        writable.set(bytes.room() != 0 || reader_gone);
    }
};

class PipeChannel final : public Channel {
public:
    PipeChannel(std::shared_ptr<Lane> in, std::shared_ptr<Lane> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~PipeChannel() override { leave(); }

private:
    IoResult do_readv(std::span<const iovec> buffers) override {
        for (;;) {
            if (auto result = try_readv(buffers); result || !blocking_)
                return result;
            (void)wait(*this, Condition::in);
        }
    }
    IoResult do_writev(std::span<const iovec> buffers) override {
        for (;;) {
            auto result = try_writev(buffers);
            if (!result || *result || !blocking_)
                return result;
            (void)wait(*this, Condition::out);
        }
    }
    std::optional<std::size_t> try_readv(std::span<const iovec> buffers) {
        std::lock_guard lock(in_->mutex);
        if (in_->bytes.empty() && !in_->writer_gone)
            return std::nullopt;
        std::size_t moved = 0;
        for (auto& buffer : buffers) {
            const std::size_t count = std::min(buffer.iov_len, in_->bytes.size());
            if (count == 0)
                continue;
            std::memcpy(buffer.iov_base, in_->bytes.readable().data(), count);
            in_->bytes.consume(count);
            moved += count;
        }
        in_->update();
        return moved;
    }
    IoResult try_writev(std::span<const iovec> buffers) {
        std::lock_guard lock(out_->mutex);
        if (out_->reader_gone || out_->writer_gone)
            return Error{ErrorKind::disconnected, EPIPE, "the pipe's reader has gone"};
        std::size_t moved = 0;
        for (auto& buffer : buffers) {
            const std::size_t count = std::min(buffer.iov_len, out_->bytes.room());
            out_->bytes.append({static_cast<const std::byte*>(buffer.iov_base), count});
            moved += count;
        }
        out_->update();
        if (moved == 0)
            return std::nullopt;
        return moved;
    }
    void leave() {
        {
            std::lock_guard lock(in_->mutex);
            in_->reader_gone = true;
            in_->update();
        }
        end_writing();
    }
    void end_writing() {
        std::lock_guard lock(out_->mutex);
        out_->writer_gone = true;
        out_->update();
    }
    Result<void> do_close() override {
        leave();
        return {};
    }
    Result<void> do_shutdown(Direction direction) override {
        if (direction != Direction::read)
            end_writing();
        return {};
    }
    bool do_has_feature(Feature feature) const override {
        return feature == Feature::shutdown || feature == Feature::concurrent_io;
    }
    Result<void> do_set_blocking(Blocking blocking) override {
        blocking_ = blocking == Blocking::yes;
        return {};
    }
    Interest do_interest(Condition asked) const override {
        Interest interest;
        if (has(asked, Condition::in))
            interest.add(in_->readable.fd(), Condition::in);
        if (has(asked, Condition::out))
            interest.add(out_->writable.fd(), Condition::out);
        return interest;
    }

    std::shared_ptr<Lane> in_;
    std::shared_ptr<Lane> out_;
    std::atomic<bool> blocking_ = false;
};

} // namespace

ChannelPair make_pipe_pair(std::size_t capacity) {
    auto there = std::make_shared<Lane>(capacity);
    auto back = std::make_shared<Lane>(capacity);
    return {std::make_shared<PipeChannel>(back, there),
            std::make_shared<PipeChannel>(there, back)};
}

} // namespace qio::test
