// Any channel as a GIOStream.
#pragma once

#include <gio/gio.h>

#include <memory>

#include "io/base/api.hpp"
#include "io/base/handle.hpp"
#include "io/core/channel.hpp"

namespace qio {

using GIOStreamRef = Handle<GIOStream, &g_object_unref>;

/// A stream over a channel, which is made non-blocking.
///
/// Both halves are pollable, so that their asynchronous calls need no thread; their
/// blocking ones wait for the channel, and heed the GCancellable. Closing the output
/// stream ends that direction where the channel has Feature::shutdown; closing the whole,
/// or dropping its last reference, closes the channel. Errors: G_IO_ERROR codes.
///
/// Lifetime: the caller's reference; the stream holds one on the channel.
/// Context: that of the channel.
QIO_API GIOStreamRef stream_from_channel(std::shared_ptr<Channel> channel);

/// The channel below a stream that stream_from_channel() made; null for other streams.
QIO_API std::shared_ptr<Channel> channel_below(GIOStream* stream);

} // namespace qio
