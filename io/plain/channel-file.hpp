// A file, pipe, terminal or any other descriptor as a channel.
#pragma once

#include <memory>
#include <string>

#include "io/base/unique-fd.hpp"
#include "io/core/channel.hpp"

namespace qio {

class DescriptorPair;

/// Reads and writes one descriptor of any kind, or two as one channel: a pipe each way.
/// Never raises SIGPIPE.
///
/// The descriptor's mode (blocking or not) is kept until set_blocking(), which changes it
/// for every process that shares the open file. Regular files and devices without
/// readiness are always ready. A terminal that hung up has reached its end.
/// Has Feature::seekable if the descriptor has a position, Feature::shutdown if there are
/// two descriptors or it is a socket, and Feature::concurrent_io: one thread may read
/// while another writes.
class QIO_API ChannelFile final : public Channel {
public:
    /// Adopts an open descriptor. On failure the caller keeps it.
    static Result<std::shared_ptr<ChannelFile>> from_fd(UniqueFd&& fd);

    /// A channel over a duplicate, close-on-exec and not below 3; `fd` stays the
    /// caller's.
    static Result<std::shared_ptr<ChannelFile>> duplicate(int fd);

    /// Opens a file, close-on-exec. Parameters: as those of open(2); `mode` for O_CREAT.
    /// Errors: not_found, permission_denied, not_supported (O_DIRECT where the file
    /// system has none), io; the message names the path.
    static Result<std::shared_ptr<ChannelFile>> open(const std::string& path, int flags,
                                                     mode_t mode = 0);

    /// Reads from one descriptor and writes to the other (standard input and output).
    /// shutdown() closes that direction's descriptor. On failure the caller keeps both.
    static Result<std::shared_ptr<ChannelFile>> pair(UniqueFd&& read, UniqueFd&& write);

    /// Two channels joined by two pipes, non-blocking.
    static Result<std::pair<std::shared_ptr<ChannelFile>, std::shared_ptr<ChannelFile>>>
    pipes();

    ~ChannelFile() override;

    /// The descriptors, -1 once closed or shut down; the same number if there is but one.
    /// Borrowed.
    int read_fd() const;
    int write_fd() const;

private:
    explicit ChannelFile(DescriptorPair descriptors);
    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    IoResult do_preadv(std::span<const iovec> buffers, std::uint64_t offset) override;
    IoResult do_pwritev(std::span<const iovec> buffers, std::uint64_t offset) override;
    Result<std::uint64_t> do_seek(std::int64_t offset, Whence whence) override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Result<void> do_shutdown(Direction direction) override;
    bool do_has_feature(Feature feature) const override;

    const std::unique_ptr<DescriptorPair> descriptors_;
};

} // namespace qio
