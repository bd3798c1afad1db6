// Cancellation across the border: GCancellable and std::stop_token.
#include "io/gio/cancellable.hpp"

#include <atomic>

namespace qio {

namespace {

/// What to stop, on its way to the thread that cancels. GLib's lock orders the hand-over
/// already, but a race detector does not see into GLib: it sees this flag.
struct Connection {
    std::stop_source source;
    std::atomic<bool> is_complete = false;
};

Connection& arrived(gpointer data) {
    auto& connection = *static_cast<Connection*>(data);
    (void)connection.is_complete.load(std::memory_order_acquire);
    return connection;
}

void on_cancelled(GCancellable*, gpointer data) noexcept {
    // Copied: what is stopped may destroy the connection, and with it `data`.
    auto source = arrived(data).source;
    source.request_stop();
}

void free_connection(gpointer data, GClosure*) noexcept {
    delete &arrived(data);
}

} // namespace

// A plain signal handler: g_cancellable_disconnect() would wait for the handler from
// within which it may be called.
CancellableStop::CancellableStop(GCancellable* cancellable) {
    if (cancellable == nullptr)
        return;
    cancellable_.reset(static_cast<GCancellable*>((g_object_ref)(cancellable)));
    std::stop_source source;
    token_ = source.get_token();
    auto* connection = new Connection{source};
    connection->is_complete.store(true, std::memory_order_release);
    handler_ = g_signal_connect_data(cancellable, "cancelled", G_CALLBACK(&on_cancelled),
                                     connection, &free_connection, GConnectFlags(0));
    // A cancellation before that is seen here; one in between, twice.
    if (g_cancellable_is_cancelled(cancellable))
        source.request_stop();
}

CancellableStop::~CancellableStop() {
    if (handler_ != 0)
        g_signal_handler_disconnect(cancellable_.get(), handler_);
}

StopCancellable::StopCancellable(std::stop_token token)
    : cancellable_(g_cancellable_new()),
      callback_(std::move(token), [cancellable = cancellable_.get()] {
          const GCancellableRef keep(
              static_cast<GCancellable*>((g_object_ref)(cancellable)));
          g_cancellable_cancel(keep.get());
      }) {}

} // namespace qio
