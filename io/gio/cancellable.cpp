// Cancellation across the border: GCancellable and std::stop_token.
#include "io/gio/cancellable.hpp"

namespace qio {

namespace {

void on_cancelled(GCancellable*, gpointer data) noexcept {
    // Copied: what is stopped may destroy the connection, and with it `data`.
    auto source = *static_cast<std::stop_source*>(data);
    source.request_stop();
}

void free_source(gpointer data, GClosure*) noexcept {
    delete static_cast<std::stop_source*>(data);
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
    handler_ = g_signal_connect_data(cancellable, "cancelled", G_CALLBACK(&on_cancelled),
                                     new std::stop_source(source), &free_source,
                                     GConnectFlags(0));
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
