// Any channel as a GIOStream: the whole of both halves.
#include "io/gio/channel-stream.hpp"

#include "io/gio/channel-half-streams.hpp"
#include "io/gio/gio-error.hpp"

namespace qio {

namespace {

struct ChannelStream {
    GIOStream base;
    std::shared_ptr<Channel>* channel;
    GInputStream* input;
    GOutputStream* output;
};

struct ChannelStreamClass {
    GIOStreamClass base;
};

G_DEFINE_TYPE(ChannelStream, qio_channel_stream, G_TYPE_IO_STREAM)

ChannelStream& self(gpointer object) {
    return *static_cast<ChannelStream*>(object);
}

GInputStream* input_of(GIOStream* stream) noexcept {
    return self(stream).input;
}

GOutputStream* output_of(GIOStream* stream) noexcept {
    return self(stream).output;
}

gboolean close_stream(GIOStream* stream, GCancellable* cancellable,
                      GError** error) noexcept {
    // Closes the halves, so that they refuse from now on.
    auto* parent = G_IO_STREAM_CLASS(qio_channel_stream_parent_class);
    const gboolean halves = parent->close_fn(stream, cancellable, error);
    const auto result = (*self(stream).channel)->close();
    if (halves && !result)
        set_gerror(error, result.error());
    return halves && result;
}

void close_stream_async(GIOStream* stream, int priority, GCancellable* cancellable,
                        GAsyncReadyCallback callback, gpointer data) noexcept {
    GError* error = nullptr;
    (void)close_stream(stream, cancellable, &error);
    report_close(stream, priority, callback, data, error);
}

gboolean close_stream_finish(GIOStream*, GAsyncResult* result, GError** error) noexcept {
    return finish_close(result, error);
}

void finalize_stream(GObject* object) noexcept {
    auto& stream = self(object);
    g_clear_object(&stream.input);
    g_clear_object(&stream.output);
    delete std::exchange(stream.channel, nullptr);
    G_OBJECT_CLASS(qio_channel_stream_parent_class)->finalize(object);
}

void qio_channel_stream_class_init(ChannelStreamClass* type) {
    G_OBJECT_CLASS(type)->finalize = &finalize_stream;
    auto* stream = G_IO_STREAM_CLASS(type);
    stream->get_input_stream = &input_of;
    stream->get_output_stream = &output_of;
    stream->close_fn = &close_stream;
    stream->close_async = &close_stream_async;
    stream->close_finish = &close_stream_finish;
}

void qio_channel_stream_init(ChannelStream*) {}

} // namespace

GIOStreamRef stream_from_channel(std::shared_ptr<Channel> channel) {
    (void)channel->set_blocking(Blocking::no);
    auto* object = g_object_new(qio_channel_stream_get_type(), nullptr);
    auto& stream = self(object);
    stream.input = new_channel_input_stream(channel);
    stream.output = new_channel_output_stream(channel);
    stream.channel = new auto(std::move(channel));
    return GIOStreamRef(G_IO_STREAM(object));
}

std::shared_ptr<Channel> channel_below(GIOStream* stream) {
    if (!G_TYPE_CHECK_INSTANCE_TYPE(stream, qio_channel_stream_get_type()))
        return nullptr;
    return *self(stream).channel;
}

} // namespace qio
