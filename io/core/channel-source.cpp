// The plain GSource over a channel.
#include <glib-unix.h>

#include <array>
#include <memory>

#include "io/core/poll-bits.hpp"
#include "io/core/watch.hpp"

namespace qio {

namespace {

/// The C++ state of one source; GLib gives a source only zeroed raw memory.
struct State {
    std::shared_ptr<Channel> channel;
    Condition asked;
    Interest interest{};
    std::array<gpointer, 2> tags{};
    Condition events = Condition::none;
};

struct ChannelSource {
    GSource base;
    State* state;
};

State& self(GSource* source) {
    return *reinterpret_cast<ChannelSource*>(source)->state;
}

void poll_for(GSource* source, State& state, const Interest& interest) {
    for (std::size_t i = 0; i < interest.entries.size(); ++i) {
        if (state.interest.entries[i] == interest.entries[i])
            continue;
        if (state.tags[i] != nullptr)
            g_source_remove_unix_fd(source, std::exchange(state.tags[i], nullptr));
        auto& entry = interest.entries[i];
        if (entry.fd >= 0)
            state.tags[i] = g_source_add_unix_fd(source, entry.fd,
                                                 GIOCondition(to_poll(entry.events)));
    }
    state.interest = interest;
}

gboolean prepare(GSource* source, gint* timeout) noexcept {
    auto& state = self(source);
    *timeout = -1;
    poll_for(source, state, state.channel->interest(state.asked));
    state.events = state.interest.ready;
    return any(state.events);
}

gboolean check(GSource* source) noexcept {
    auto& state = self(source);
    state.events = state.interest.ready;
    for (gpointer tag : state.tags)
        if (tag != nullptr)
            state.events |= from_poll(unsigned(g_source_query_unix_fd(source, tag)));
    return any(state.events);
}

gboolean dispatch(GSource* source, GSourceFunc callback, gpointer data) noexcept {
    auto& state = self(source);
    const auto channel = state.channel;
    const Condition ready = channel->resolve(state.asked, state.events);
    if (!any(ready) || callback == nullptr)
        return G_SOURCE_CONTINUE;
    const auto function =
        reinterpret_cast<ChannelSourceFunc>(reinterpret_cast<void (*)()>(callback));
    return function(channel.get(), GIOCondition(std::to_underlying(ready)), data);
}

void finalize(GSource* source) noexcept {
    delete &self(source);
}

GSourceFuncs functions = {prepare, check, dispatch, finalize, nullptr, nullptr};

} // namespace

SourceRef create_source(Channel& channel, Condition asked) {
    SourceRef source(g_source_new(&functions, sizeof(ChannelSource)));
    reinterpret_cast<ChannelSource*>(source.get())->state =
        new State{.channel = channel.shared_from_this(), .asked = asked};
    if (!channel.name().empty())
        g_source_set_name(source.get(), channel.name().c_str());
    return source;
}

} // namespace qio
