// internal: what qio-vnc gives up for good before anybody talks to it.
#pragma once

#include "io/base/error.hpp"

namespace qio::bridge {

/// From now on this process starts no other programs and looks into none (nor into their
/// memory in /proc, if the kernel has Landlock: 5.13), gets no new rights, has no
/// capability but that to listen on ports below 1024, and makes none of the calls that
/// administrate a system; those fail with EPERM. It still opens files and sockets, as its
/// user may.
///
/// Errors: not_supported if built without libseccomp; what the kernel refuses.
/// Context: the filter counts for all threads, capabilities are the calling one's: before
/// others are started.
Result<void> enter_sandbox();

} // namespace qio::bridge
