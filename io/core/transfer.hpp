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

/// The same, where end of stream is an error also before the first byte.
QIO_API Result<void> readv_all(Channel& channel, std::span<const iovec> buffers,
                               const WaitOptions& options = {});
QIO_API Result<void> read_all(Channel& channel, MutableBytes buffer,
                              const WaitOptions& options = {});

/// Writes all of `buffers`, waiting as needed; any number of them.
QIO_API Result<void> writev_all(Channel& channel, std::span<const iovec> buffers,
                                const WaitOptions& options = {});
QIO_API Result<void> write_all(Channel& channel, ByteView buffer,
                               const WaitOptions& options = {});

} // namespace qio
