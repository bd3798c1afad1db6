// Complete transfers, built once on the single attempts of Channel.
#pragma once

#include "io/core/wait.hpp"

namespace qio {

/// Fills `buffers` entirely, waiting as needed.
///
/// True: all filled. False: end of stream before the first byte.
/// Errors: disconnected for an end of stream in the middle; timed_out, cancelled; any
/// error of the channel. Bytes moved before an error are lost to the caller.
QIO_API Result<bool> readv_all_or_end(Channel& channel, std::span<const iovec> buffers,
                                      const WaitOptions& options = {});
QIO_API Result<bool> read_all_or_end(Channel& channel, MutableBytes buffer,
                                     const WaitOptions& options = {});

/// The same with extras. `read.fds` gets the descriptors that came with the first bytes,
/// and nothing on failure (they are closed).
/// Errors: invalid_argument for `read.peek`, which would read the same bytes again.
QIO_API Result<bool> readv_all_or_end(Channel& channel, std::span<const iovec> buffers,
                                      const ReadOptions& read,
                                      const WaitOptions& options = {});

/// The same, where end of stream is an error also before the first byte.
QIO_API Result<void> readv_all(Channel& channel, std::span<const iovec> buffers,
                               const WaitOptions& options = {});
QIO_API Result<void> read_all(Channel& channel, MutableBytes buffer,
                              const WaitOptions& options = {});

QIO_API Result<void> readv_all(Channel& channel, std::span<const iovec> buffers,
                               const ReadOptions& read, const WaitOptions& options = {});

/// Writes all of `buffers`, waiting as needed; any number of them. `write.fds` go with
/// the first byte; after `write.zero_copy` the buffers are the kernel's until
/// Channel::flush() says otherwise.
QIO_API Result<void> writev_all(Channel& channel, std::span<const iovec> buffers,
                                const WaitOptions& options = {});
QIO_API Result<void> writev_all(Channel& channel, std::span<const iovec> buffers,
                                const WriteOptions& write,
                                const WaitOptions& options = {});
QIO_API Result<void> write_all(Channel& channel, ByteView buffer,
                               const WaitOptions& options = {});

/// Waits until nothing is queued in any layer and all zero-copy writes are complete.
QIO_API Result<ZeroCopyOutcome> flush_all(Channel& channel,
                                          const WaitOptions& options = {});

} // namespace qio
