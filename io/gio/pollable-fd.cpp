// The descriptors at the bottom of a GIOStream.
#include "io/gio/pollable-fd.hpp"

#include <gio/gfiledescriptorbased.h>

#include "io/base/handle.hpp"

namespace qio {

namespace {

using ObjectRef = Handle<GObject, &g_object_unref>;

// Wrappers on wrappers beyond this are a circle.
constexpr int max_depth = 16;

/// The object in a property of `object`, if there is such a property. Borrowed: what it
/// belongs to keeps it.
gpointer object_in(gpointer object, const char* property) {
    if (!g_object_class_find_property(G_OBJECT_GET_CLASS(object), property))
        return nullptr;
    GObject* found = nullptr;
    g_object_get(object, property, &found, nullptr);
    const ObjectRef reference(found);
    return found;
}

/// The innermost of the streams that name the one below in `property`.
gpointer innermost(gpointer stream, const char* property) {
    for (int depth = 0; depth < max_depth; ++depth) {
        const gpointer below = object_in(stream, property);
        if (below == nullptr)
            return stream;
        stream = below;
    }
    return stream;
}

int fd_of_half(gpointer half) {
    const gpointer base = innermost(half, "base-stream");
    return G_IS_FILE_DESCRIPTOR_BASED(base)
               ? g_file_descriptor_based_get_fd(G_FILE_DESCRIPTOR_BASED(base))
               : -1;
}

} // namespace

PollableFds find_fds(GIOStream* stream) {
    auto* base = static_cast<GIOStream*>(innermost(stream, "base-io-stream"));
    if (!G_IS_SOCKET_CONNECTION(base))
        return {fd_of_half(g_io_stream_get_input_stream(base)),
                fd_of_half(g_io_stream_get_output_stream(base))};
    GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(base));
    const int fd = g_socket_get_fd(socket);
    return {fd, fd, socket, base == stream};
}

} // namespace qio
