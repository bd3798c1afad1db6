// Cancellation across the border: GCancellable and std::stop_token.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <memory>
#include <stop_token>

#include "io/base/api.hpp"
#include "io/base/handle.hpp"

namespace qio {

using GCancellableRef = Handle<GCancellable, &g_object_unref>;

/// A stop token that is stopped when a GCancellable is cancelled.
///
/// Lifetime: holds a reference on the cancellable. Once destroyed, nothing is stopped any
/// more, except by a cancellation that is under way in another thread at that moment. May
/// be destroyed from anywhere, also from what the cancellation calls.
/// Context: any thread; what is stopped is called in the thread that cancels.
class QIO_API CancellableStop {
public:
    /// Null: a token that nobody stops.
    explicit CancellableStop(GCancellable* cancellable);
    ~CancellableStop();
    CancellableStop(const CancellableStop&) = delete;
    CancellableStop& operator=(const CancellableStop&) = delete;

    std::stop_token token() const { return token_; }

private:
    GCancellableRef cancellable_;
    gulong handler_ = 0;
    std::stop_token token_;
};

/// A GCancellable that is cancelled when a stop token is stopped.
///
/// Lifetime: the cancellable may be kept; once this is destroyed nothing cancels it. May
/// be destroyed from anywhere, also from a handler of the cancellable.
class QIO_API StopCancellable {
public:
    explicit StopCancellable(std::stop_token token);
    StopCancellable(const StopCancellable&) = delete;
    StopCancellable& operator=(const StopCancellable&) = delete;

    /// Borrowed.
    GCancellable* get() const { return cancellable_.get(); }

private:
    GCancellableRef cancellable_;
    std::stop_callback<std::function<void()>> callback_;
};

} // namespace qio
