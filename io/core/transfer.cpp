// Complete transfers, built once on the single attempts of Channel.
#include "io/core/transfer.hpp"

#include <algorithm>
#include <iterator>

#include "io/core/iovec-cursor.hpp"

namespace qio {

namespace {

Error ended_in_the_middle() {
    return {ErrorKind::disconnected, 0,
            "the stream ended in the middle of the expected data"};
}

} // namespace

Result<bool> readv_all_or_end(Channel& channel, std::span<const iovec> buffers,
                              const ReadOptions& read, const WaitOptions& options) {
    if (read.peek)
        return Error{ErrorKind::invalid_argument, 0,
                     "a complete read cannot leave the bytes where they are"};
    const auto keep = channel.shared_from_this();
    std::vector<UniqueFd> fds;
    ReadOptions each = read;
    each.fds = read.fds != nullptr ? &fds : nullptr;
    IovecCursor cursor(buffers);
    for (bool started = false; !cursor.at_end();) {
        const auto moved = QIO_TRY(channel.readv(cursor.window(), each));
        if (!moved) {
            QIO_TRY(wait(channel, Condition::in, options));
            continue;
        }
        if (*moved == 0 && started)
            return ended_in_the_middle();
        if (*moved == 0)
            return false;
        started = true;
        each.fds = nullptr;
        cursor.advance(*moved);
    }
    if (read.fds != nullptr)
        std::ranges::move(fds, std::back_inserter(*read.fds));
    return true;
}

Result<bool> readv_all_or_end(Channel& channel, std::span<const iovec> buffers,
                              const WaitOptions& options) {
    return readv_all_or_end(channel, buffers, ReadOptions{}, options);
}

Result<void> readv_all(Channel& channel, std::span<const iovec> buffers,
                       const ReadOptions& read, const WaitOptions& options) {
    if (!QIO_TRY(readv_all_or_end(channel, buffers, read, options)))
        return Error{ErrorKind::disconnected, 0,
                     "the stream ended before the expected data"};
    return {};
}

Result<void> readv_all(Channel& channel, std::span<const iovec> buffers,
                       const WaitOptions& options) {
    return readv_all(channel, buffers, ReadOptions{}, options);
}

Result<void> writev_all(Channel& channel, std::span<const iovec> buffers,
                        const WriteOptions& write, const WaitOptions& options) {
    const auto keep = channel.shared_from_this();
    WriteOptions each = write;
    for (IovecCursor cursor(buffers); !cursor.at_end();) {
        const auto moved = QIO_TRY(channel.writev(cursor.window(), each));
        if (!moved) {
            QIO_TRY(wait(channel, Condition::out, options));
            continue;
        }
        each.fds = {};
        cursor.advance(*moved);
    }
    return {};
}

Result<void> writev_all(Channel& channel, std::span<const iovec> buffers,
                        const WaitOptions& options) {
    return writev_all(channel, buffers, WriteOptions{}, options);
}

Result<ZeroCopyOutcome> flush_all(Channel& channel, const WaitOptions& options) {
    const auto keep = channel.shared_from_this();
    const bool completes =
        channel.has_feature(Feature::write_zero_copy); // the kernel does, by an "error"
    for (;;) {
        if (const auto outcome = QIO_TRY(channel.flush()))
            return *outcome;
        QIO_TRY(wait(channel, completes ? Condition::err : Condition::out, options));
    }
}

Result<bool> read_all_or_end(Channel& channel, MutableBytes buffer,
                             const WaitOptions& options) {
    const iovec vector = to_iovec(buffer);
    return readv_all_or_end(channel, {&vector, 1}, options);
}

Result<void> read_all(Channel& channel, MutableBytes buffer, const WaitOptions& options) {
    const iovec vector = to_iovec(buffer);
    return readv_all(channel, {&vector, 1}, options);
}

Result<void> write_all(Channel& channel, ByteView buffer, const WaitOptions& options) {
    const iovec vector = to_iovec(buffer);
    return writev_all(channel, {&vector, 1}, options);
}

} // namespace qio
