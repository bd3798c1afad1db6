// A channel's reading side as a GInputStream.
#include "io/gio/channel-half-streams.hpp"

namespace qio {

namespace {

struct ChannelInput {
    GInputStream base;
    std::shared_ptr<Channel>* channel;
};

struct ChannelInputClass {
    GInputStreamClass base;
};

void implement_pollable(GPollableInputStreamInterface* interface);

G_DEFINE_TYPE_WITH_CODE(ChannelInput, qio_channel_input, G_TYPE_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM,
                                              implement_pollable))

Channel& channel_of(gpointer stream) {
    return **static_cast<ChannelInput*>(stream)->channel;
}

MutableBytes bytes_at(void* buffer, gsize count) {
    return {static_cast<std::byte*>(buffer), count};
}

gssize read_stream(GInputStream* stream, void* buffer, gsize count,
                   GCancellable* cancellable, GError** error) noexcept {
    auto& channel = channel_of(stream);
    return repeat_blocking(channel, Condition::in, cancellable, error,
                           [&] { return channel.read(bytes_at(buffer, count)); });
}

gssize read_nonblocking(GPollableInputStream* stream, void* buffer, gsize count,
                        GError** error) noexcept {
    return to_gio(channel_of(stream).read(bytes_at(buffer, count)), error);
}

gboolean is_readable(GPollableInputStream* stream) noexcept {
    return is_ready(channel_of(stream), Condition::in);
}

GSource* create_input_source(GPollableInputStream* stream,
                             GCancellable* cancellable) noexcept {
    return new_pollable_source(stream, channel_of(stream), Condition::in, cancellable);
}

void close_input_async(GInputStream* stream, int priority, GCancellable*,
                       GAsyncReadyCallback callback, gpointer data) noexcept {
    report_close(stream, priority, callback, data, nullptr);
}

gboolean close_input_finish(GInputStream*, GAsyncResult* result,
                            GError** error) noexcept {
    return finish_close(result, error);
}

void finalize_input(GObject* object) noexcept {
    delete std::exchange(reinterpret_cast<ChannelInput*>(object)->channel, nullptr);
    G_OBJECT_CLASS(qio_channel_input_parent_class)->finalize(object);
}

void qio_channel_input_class_init(ChannelInputClass* type) {
    G_OBJECT_CLASS(type)->finalize = &finalize_input;
    auto* stream = G_INPUT_STREAM_CLASS(type);
    stream->read_fn = &read_stream;
    stream->close_async = &close_input_async;
    stream->close_finish = &close_input_finish;
}

void implement_pollable(GPollableInputStreamInterface* interface) {
    interface->is_readable = &is_readable;
    interface->create_source = &create_input_source;
    interface->read_nonblocking = &read_nonblocking;
}

void qio_channel_input_init(ChannelInput*) {}

} // namespace

GInputStream* new_channel_input_stream(std::shared_ptr<Channel> channel) {
    auto* object = g_object_new(qio_channel_input_get_type(), nullptr);
    static_cast<ChannelInput*>(object)->channel = new auto(std::move(channel));
    return G_INPUT_STREAM(object);
}

} // namespace qio
