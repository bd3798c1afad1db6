// internal: a channel's reading and writing side as streams of GIO.
#pragma once

#include <gio/gio.h>

#include <memory>

#include "io/core/channel.hpp"

namespace qio {

/// Both pollable; the caller's references. Closing the input stream leaves the channel
/// alone, closing the output stream ends that direction if the channel can.
GInputStream* new_channel_input_stream(std::shared_ptr<Channel> channel);
GOutputStream* new_channel_output_stream(std::shared_ptr<Channel> channel);

/// Whether `asked` holds now.
bool is_ready(Channel& channel, Condition asked);

/// The source of a pollable stream over `channel`.
GSource* new_pollable_source(gpointer stream, Channel& channel, Condition asked,
                             GCancellable* cancellable);

/// One attempt's outcome as GIO wants it: -1 with G_IO_ERROR_WOULD_BLOCK.
gssize to_gio(const IoResult& result, GError** error);

/// Waits for `asked`. False: cancelled, with the error set.
bool wait_for(Channel& channel, Condition asked, GCancellable* cancellable,
              GError** error);

/// Repeats an attempt until it does something, waiting for `asked` in between.
template <class Attempt>
gssize repeat_blocking(Channel& channel, Condition asked, GCancellable* cancellable,
                       GError** error, Attempt attempt) {
    for (;;) {
        const IoResult result = attempt();
        if (!result || *result)
            return to_gio(result, error);
        if (!wait_for(channel, asked, cancellable, error))
            return -1;
    }
}

/// An asynchronous close whose outcome is known: a channel's never blocks. (The default
/// of GIO would close in another thread.) Takes `error`; null: closed.
void report_close(gpointer stream, int priority, GAsyncReadyCallback callback,
                  gpointer data, GError* error);
/// The other end of that.
gboolean finish_close(GAsyncResult* result, GError** error);

} // namespace qio
