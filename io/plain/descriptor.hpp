// internal: one descriptor of any kind, and the system calls that suit its kind.
#pragma once

#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"

namespace qio {

/// Owns a descriptor and knows what it is. EINTR is retried, EAGAIN is would-block, more
/// than IOV_MAX buffers are cut to that, and no write raises SIGPIPE.
class Descriptor {
public:
    Descriptor() = default;
    /// Looks at what `fd` is. On failure the caller keeps it.
    static Result<Descriptor> adopt(UniqueFd&& fd);

    int get() const { return fd_.get(); }
    explicit operator bool() const { return bool(fd_); }
    UniqueFd release() && { return std::move(fd_); }
    bool is_socket() const { return kind_ == Kind::socket; }
    /// Regular files and the like: nothing to poll for, epoll refuses them.
    bool is_always_ready() const { return kind_ == Kind::always_ready; }
    /// Whether it has a position that can be moved.
    bool is_seekable() const { return seekable_; }

    IoResult readv(std::span<const iovec> buffers) const;
    IoResult writev(std::span<const iovec> buffers) const;
    IoResult preadv(std::span<const iovec> buffers, std::uint64_t offset) const;
    IoResult pwritev(std::span<const iovec> buffers, std::uint64_t offset) const;
    Result<void> set_blocking(Blocking blocking) const;
    /// Reports what the system had kept to itself until now (a full disk). Idempotent.
    Result<void> close();

private:
    enum class Kind : std::uint8_t { pollable, always_ready, pipe, socket, terminal };

    Descriptor(UniqueFd fd, Kind kind);
    static Kind kind_of(int fd, mode_t mode);
    bool has_hung_up() const;

    UniqueFd fd_;
    Kind kind_ = Kind::pollable;
    bool seekable_ = false;
};

} // namespace qio
