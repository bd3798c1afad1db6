// Complete transfers, built once on the single attempts of Channel.
#include "io/core/transfer.hpp"

#include "io/core/iovec-cursor.hpp"

namespace qio {

Result<bool> readv_all_or_end(Channel& channel, std::span<const iovec> buffers,
                              const WaitOptions& options) {
    const auto keep = channel.shared_from_this();
    IovecCursor cursor(buffers);
    for (bool started = false; !cursor.at_end();) {
        const auto moved = QIO_TRY(channel.readv(cursor.window()));
        if (!moved) {
            QIO_TRY(wait(channel, Condition::in, options));
        } else if (*moved == 0) {
            if (started)
                return Error{ErrorKind::disconnected, 0,
                             "the stream ended in the middle of the expected data"};
            return false;
        } else {
            started = true;
            cursor.advance(*moved);
        }
    }
    return true;
}

Result<void> readv_all(Channel& channel, std::span<const iovec> buffers,
                       const WaitOptions& options) {
    if (!QIO_TRY(readv_all_or_end(channel, buffers, options)))
        return Error{ErrorKind::disconnected, 0,
                     "the stream ended before the expected data"};
    return {};
}

Result<void> writev_all(Channel& channel, std::span<const iovec> buffers,
                        const WaitOptions& options) {
    const auto keep = channel.shared_from_this();
    for (IovecCursor cursor(buffers); !cursor.at_end();) {
        const auto moved = QIO_TRY(channel.writev(cursor.window()));
        if (moved)
            cursor.advance(*moved);
        else
            QIO_TRY(wait(channel, Condition::out, options));
    }
    return {};
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
