// Watches: being called on a GMainContext when a channel is ready.
#pragma once

#include <functional>
#include <memory>

#include "io/base/api.hpp"
#include "io/core/channel.hpp"
#include "io/core/context.hpp"

namespace qio {

/// Calls a function on a GMainContext while a channel is ready: level-triggered, until it
/// is reset. The cost of a wake-up does not depend on how many other watches are idle.
///
/// A watch is woken by data buffered in any layer, end of stream, hup and error. It may
/// be called when the channel turns out not to be ready after all (a WebSocket ping
/// came): would-block is then the answer of the read, and on a blocking channel the read
/// waits. After Channel::close() it is called once more, with hup, and then sleeps.
///
/// Lifetime: one owner; holds a reference on the channel. After reset() or destruction
/// the callback is not called again; both belong on the context's thread. The callback
/// may reset or destroy its own watch, any other watch, and its channel. Context: the
/// thread-default context of the constructor's caller unless one is given. Priority is
/// G_PRIORITY_DEFAULT; a program that needs another uses create_source().
class QIO_API Watch {
public:
    using Callback = std::move_only_function<void(Condition)>;

    Watch() = default;
    Watch(Channel& channel, Condition asked, Callback callback,
          GMainContext* context = nullptr);
    Watch(Watch&&) noexcept = default;
    Watch& operator=(Watch&& other) noexcept;
    ~Watch() { reset(); }

    /// Changes what is watched for, without a new registration. none = only hup and err.
    /// Context: the context's thread.
    void set_condition(Condition asked);
    Condition condition() const;

    bool is_active() const { return state_ != nullptr; }
    void reset();

private:
    std::shared_ptr<WatchState> state_;
};

/// The callback of a source made by create_source(); cast it to GSourceFunc.
using ChannelSourceFunc = gboolean (*)(Channel* channel, GIOCondition condition,
                                       gpointer data);

/// A plain, unattached GSource for programs that want one: own priority, own context.
/// It costs the main loop O(1) per iteration each, idle or not; Watch does not.
/// Lifetime: the caller's reference; the source holds one on the channel.
QIO_API SourceRef create_source(Channel& channel, Condition asked);

} // namespace qio
