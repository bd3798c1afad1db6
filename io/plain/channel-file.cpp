// A file, pipe, terminal or any other descriptor as a channel.
#include "io/plain/channel-file.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "io/plain/descriptor-pair.hpp"

namespace qio {

namespace {

int system_whence(Whence whence) {
    switch (whence) {
    case Whence::set:
        return SEEK_SET;
    case Whence::current:
        return SEEK_CUR;
    case Whence::end:
        return SEEK_END;
    }
    std::unreachable();
}

int system_direction(Direction direction) {
    switch (direction) {
    case Direction::read:
        return SHUT_RD;
    case Direction::write:
        return SHUT_WR;
    case Direction::both:
        return SHUT_RDWR;
    }
    std::unreachable();
}

std::string describe(std::int64_t offset, Whence whence) {
    const char* from = whence == Whence::set       ? "the start"
                       : whence == Whence::current ? "the position"
                                                   : "the end";
    return "seek to " + std::to_string(offset) + " from " + from;
}

Error no_positions() {
    return {ErrorKind::not_supported, ESPIPE, "this descriptor has no positions"};
}

Error open_error(int os_errno, const std::string& path, int flags) {
    if (os_errno == EINVAL && (flags & O_DIRECT))
        return {ErrorKind::not_supported, os_errno,
                "open '" + path + "': its file system does not support O_DIRECT"};
    return Error::from_errno(os_errno, "open '" + path + "'");
}

} // namespace

ChannelFile::ChannelFile(DescriptorPair descriptors)
    : descriptors_(std::make_unique<DescriptorPair>(std::move(descriptors))) {}

ChannelFile::~ChannelFile() = default;

Result<std::shared_ptr<ChannelFile>> ChannelFile::from_fd(UniqueFd&& fd) {
    auto descriptor = QIO_TRY(Descriptor::adopt(std::move(fd)));
    return std::shared_ptr<ChannelFile>(
        new ChannelFile(DescriptorPair(std::move(descriptor))));
}

Result<std::shared_ptr<ChannelFile>> ChannelFile::duplicate(int fd) {
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy)
        return Error::from_errno(errno, "duplicate descriptor " + std::to_string(fd));
    return from_fd(std::move(copy));
}

Result<std::shared_ptr<ChannelFile>> ChannelFile::open(const std::string& path, int flags,
                                                       mode_t mode) {
    UniqueFd fd;
    do
        fd = UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, mode));
    while (!fd && errno == EINTR);
    if (!fd)
        return open_error(errno, path, flags);
    return from_fd(std::move(fd));
}

Result<std::shared_ptr<ChannelFile>> ChannelFile::pair(UniqueFd&& read,
                                                       UniqueFd&& write) {
    if (read.get() == write.get())
        return Error{ErrorKind::invalid_argument, 0,
                     "a pair needs two different descriptors"};
    auto reader = QIO_TRY(Descriptor::adopt(std::move(read)));
    auto writer = Descriptor::adopt(std::move(write));
    if (!writer) {
        read = std::move(reader).release();
        return std::move(writer).error();
    }
    return std::shared_ptr<ChannelFile>(
        new ChannelFile(DescriptorPair(std::move(reader), std::move(*writer))));
}

Result<std::pair<std::shared_ptr<ChannelFile>, std::shared_ptr<ChannelFile>>>
ChannelFile::pipes() {
    int there[2];
    int back[2];
    if (::pipe2(there, O_CLOEXEC | O_NONBLOCK) < 0)
        return Error::from_errno(errno, "pipe");
    UniqueFd there_read(there[0]);
    UniqueFd there_write(there[1]);
    if (::pipe2(back, O_CLOEXEC | O_NONBLOCK) < 0)
        return Error::from_errno(errno, "pipe");
    UniqueFd back_read(back[0]);
    UniqueFd back_write(back[1]);
    auto first = QIO_TRY(pair(std::move(back_read), std::move(there_write)));
    auto second = QIO_TRY(pair(std::move(there_read), std::move(back_write)));
    return std::pair(std::move(first), std::move(second));
}

int ChannelFile::read_fd() const {
    return descriptors_->reader().get();
}

int ChannelFile::write_fd() const {
    return descriptors_->writer().get();
}

IoResult ChannelFile::do_readv(std::span<const iovec> buffers) {
    return descriptors_->readv(buffers);
}

IoResult ChannelFile::do_writev(std::span<const iovec> buffers) {
    return descriptors_->writev(buffers);
}

IoResult ChannelFile::do_preadv(std::span<const iovec> buffers, std::uint64_t offset) {
    if (!has_feature(Feature::seekable))
        return no_positions();
    return descriptors_->reader().preadv(buffers, offset);
}

IoResult ChannelFile::do_pwritev(std::span<const iovec> buffers, std::uint64_t offset) {
    if (!has_feature(Feature::seekable))
        return no_positions();
    return descriptors_->writer().pwritev(buffers, offset);
}

Result<std::uint64_t> ChannelFile::do_seek(std::int64_t offset, Whence whence) {
    if (!has_feature(Feature::seekable))
        return no_positions();
    const off_t position = ::lseek(read_fd(), offset, system_whence(whence));
    if (position == off_t(-1))
        return Error::from_errno(errno, describe(offset, whence));
    return std::uint64_t(position);
}

Result<void> ChannelFile::do_close() {
    return descriptors_->close();
}

Result<void> ChannelFile::do_set_blocking(Blocking blocking) {
    return descriptors_->set_blocking(blocking);
}

Interest ChannelFile::do_interest(Condition asked) const {
    return descriptors_->interest(asked);
}

Result<void> ChannelFile::do_shutdown(Direction direction) {
    const Descriptor* single = descriptors_->single();
    if (single != nullptr && !single->is_socket())
        return Channel::do_shutdown(direction);
    if (single != nullptr && ::shutdown(single->get(), system_direction(direction)) < 0)
        return Error::from_errno(errno, "shutdown");
    if (single != nullptr)
        return {};
    // Detached first, closed last: a watch must not poll a number that is gone.
    auto detached = descriptors_->detach(direction);
    interest_changed();
    QIO_TRY(detached.reader.close());
    return detached.writer.close();
}

bool ChannelFile::do_has_feature(Feature feature) const {
    const Descriptor* single = descriptors_->single();
    if (feature == Feature::seekable)
        return single != nullptr && single->is_seekable();
    if (feature == Feature::shutdown)
        return single == nullptr || single->is_socket();
    return feature == Feature::concurrent_io;
}

} // namespace qio
