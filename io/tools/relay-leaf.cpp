// Opens what a relay address ends in: a socket, a command, a file.
#include "io/tools/relay-leaf.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "io/plain/channel-command.hpp"
#include "io/plain/channel-file.hpp"
#include "io/socket/async-socket.hpp"

namespace qio::relay {

namespace {

struct Terminal {
    UniqueFd fd;
    int flags = 0;
};
Terminal terminal;

UniqueFd copy_of(int fd) {
    return UniqueFd(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

void remember_terminal() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO})
        if (!terminal.fd && isatty(fd))
            terminal = {copy_of(fd), fcntl(fd, F_GETFL)};
}

/// Whether both streams are one socket, as inetd makes them.
bool is_one_socket() {
    struct stat in, out;
    return fstat(STDIN_FILENO, &in) == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
           S_ISSOCK(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

Result<ChannelRef> open_stdio() {
    remember_terminal();
    const bool is_socket = is_one_socket();
    UniqueFd in = copy_of(STDIN_FILENO);
    UniqueFd out = copy_of(STDOUT_FILENO);
    if (!in || !out)
        return Error::from_errno(errno, "standard input and output");
    if (const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC)); null) {
        (void)dup2(null.get(), STDIN_FILENO);
        (void)dup2(null.get(), STDOUT_FILENO);
    }
    if (is_socket)
        return ChannelRef(QIO_TRY(ChannelSocket::from_fd(std::move(in))));
    return ChannelRef(QIO_TRY(ChannelFile::pair(std::move(in), std::move(out))));
}

Result<ChannelRef> open_here(const Leaf& leaf) {
    ChannelRef channel;
    if (const auto* exec = std::get_if<ExecLeaf>(&leaf))
        channel = QIO_TRY(ChannelCommand::spawn(exec->words));
    else if (const auto* file = std::get_if<FileLeaf>(&leaf))
        channel = QIO_TRY(ChannelFile::open(file->path, O_RDWR | O_NONBLOCK | O_NOCTTY));
    else
        channel = QIO_TRY(open_stdio());
    QIO_TRY(channel->set_blocking(Blocking::no));
    return channel;
}

} // namespace

Co<Result<ChannelRef>> open_leaf(Leaf leaf, Deadline deadline, std::stop_token stop) {
    const auto* address = std::get_if<SocketAddress>(&leaf);
    if (address == nullptr)
        co_return open_here(leaf);
    OperationOptions options;
    options.deadline = deadline;
    options.stop = std::move(stop);
    auto connecting = async_connect(*address, options);
    auto socket = co_await connecting;
    if (!socket)
        co_return std::move(socket).error();
    if (auto done = (*socket)->set_blocking(Blocking::no); !done)
        co_return std::move(done).error();
    co_return ChannelRef(*std::move(socket));
}

void restore_terminal() {
    if (terminal.fd)
        (void)fcntl(terminal.fd.get(), F_SETFL, terminal.flags);
}

} // namespace qio::relay
