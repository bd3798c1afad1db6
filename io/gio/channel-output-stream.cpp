// A channel's writing side as a GOutputStream.
#include <cerrno>

#include "io/gio/channel-half-streams.hpp"
#include "io/gio/gio-error.hpp"

namespace qio {

namespace {

struct ChannelOutput {
    GOutputStream base;
    std::shared_ptr<Channel>* channel;
};

struct ChannelOutputClass {
    GOutputStreamClass base;
};

void implement_pollable(GPollableOutputStreamInterface* interface);

G_DEFINE_TYPE_WITH_CODE(ChannelOutput, qio_channel_output, G_TYPE_OUTPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_OUTPUT_STREAM,
                                              implement_pollable))

Channel& channel_of(gpointer stream) {
    return **static_cast<ChannelOutput*>(stream)->channel;
}

ByteView bytes_at(const void* buffer, gsize count) {
    return {static_cast<const std::byte*>(buffer), count};
}

gssize write_stream(GOutputStream* stream, const void* buffer, gsize count,
                    GCancellable* cancellable, GError** error) noexcept {
    auto& channel = channel_of(stream);
    return repeat_blocking(channel, Condition::out, cancellable, error,
                           [&] { return channel.write(bytes_at(buffer, count)); });
}

gssize write_nonblocking(GPollableOutputStream* stream, const void* buffer, gsize count,
                         GError** error) noexcept {
    return to_gio(channel_of(stream).write(bytes_at(buffer, count)), error);
}

gboolean is_writable(GPollableOutputStream* stream) noexcept {
    return is_ready(channel_of(stream), Condition::out);
}

GSource* create_output_source(GPollableOutputStream* stream,
                              GCancellable* cancellable) noexcept {
    return new_pollable_source(stream, channel_of(stream), Condition::out, cancellable);
}

gboolean close_output(GOutputStream* stream, GCancellable*, GError** error) noexcept {
    auto& channel = channel_of(stream);
    if (!channel.has_feature(Feature::shutdown))
        return TRUE;
    const auto result = channel.shutdown(Direction::write);
    // Whoever has gone, or was closed, needs no telling.
    if (result || result.error().kind == ErrorKind::disconnected ||
        result.error().os_errno == EBADF)
        return TRUE;
    set_gerror(error, result.error());
    return FALSE;
}

void close_output_async(GOutputStream* stream, int priority, GCancellable* cancellable,
                        GAsyncReadyCallback callback, gpointer data) noexcept {
    GError* error = nullptr;
    (void)close_output(stream, cancellable, &error);
    report_close(stream, priority, callback, data, error);
}

gboolean close_output_finish(GOutputStream*, GAsyncResult* result,
                             GError** error) noexcept {
    return finish_close(result, error);
}

void finalize_output(GObject* object) noexcept {
    delete std::exchange(reinterpret_cast<ChannelOutput*>(object)->channel, nullptr);
    G_OBJECT_CLASS(qio_channel_output_parent_class)->finalize(object);
}

void qio_channel_output_class_init(ChannelOutputClass* type) {
    G_OBJECT_CLASS(type)->finalize = &finalize_output;
    auto* stream = G_OUTPUT_STREAM_CLASS(type);
    stream->write_fn = &write_stream;
    stream->close_fn = &close_output;
    stream->close_async = &close_output_async;
    stream->close_finish = &close_output_finish;
}

void implement_pollable(GPollableOutputStreamInterface* interface) {
    interface->is_writable = &is_writable;
    interface->create_source = &create_output_source;
    interface->write_nonblocking = &write_nonblocking;
}

void qio_channel_output_init(ChannelOutput*) {}

} // namespace

GOutputStream* new_channel_output_stream(std::shared_ptr<Channel> channel) {
    auto* object = g_object_new(qio_channel_output_get_type(), nullptr);
    static_cast<ChannelOutput*>(object)->channel = new auto(std::move(channel));
    return G_OUTPUT_STREAM(object);
}

} // namespace qio
