// internal: our end of a socket over which the machine calls us, and nobody else.
#include "ui/dbus/private-link.hpp"

#include <gio/gio.h>
#include <sys/socket.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "io/gio/cancellable.hpp"
#include "ui/dbus/connecting.hpp"

namespace qio::dbus {

using SocketRef = Handle<GSocket, &g_object_unref>;

struct PrivateLink::State {
    SocketRef socket;
    ConnectionRef connection;
    GCancellableRef cancellable{g_cancellable_new()};
    gulong closed_handler = 0;
    std::function<void()> closed; // empty once it was called, or must not be

    std::mutex mutex; // guards what the thread of the handshake makes
    bool stopped = false;
    std::shared_ptr<CallHandler> handler;
    std::unique_ptr<CallFilter> filter;

    void shake_hands(const std::shared_ptr<State>& self);
    void serve();
    void tell_closed() {
        if (auto function = std::exchange(closed, nullptr))
            function();
    }
};

namespace {

/// Shared ownership as C functions carry it.
template <class T>
struct Carried {
    static gpointer make(std::shared_ptr<T> shared) {
        return new std::shared_ptr<T>(std::move(shared));
    }
    static const std::shared_ptr<T>& get(gpointer data) {
        return *static_cast<std::shared_ptr<T>*>(data);
    }
    static void free(gpointer data) noexcept {
        delete static_cast<std::shared_ptr<T>*>(data);
    }
    static void free_closure(gpointer data, GClosure*) noexcept { free(data); }
};

/// Made here, so that its signals come to this thread's context; the handshake is later.
ConnectionRef new_connection(GSocket* socket) {
    const Handle<GSocketConnection, &g_object_unref> stream(
        g_socket_connection_factory_create_connection(socket));
    constexpr auto flags =
        GDBusConnectionFlags(G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                             G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING);
    return ConnectionRef(static_cast<GDBusConnection*>(g_object_new(
        G_TYPE_DBUS_CONNECTION, "stream", stream.get(), "flags", flags, nullptr)));
}

} // namespace

Result<SocketPair> SocketPair::create() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return Error::from_errno(errno, "socketpair");
    return SocketPair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// The handler is there before the first message is looked at.
void PrivateLink::State::serve() {
    const std::lock_guard lock(mutex);
    if (stopped)
        return;
    filter =
        std::make_unique<CallFilter>(connection.get(), std::exchange(handler, nullptr));
    g_dbus_connection_start_message_processing(connection.get());
}

void PrivateLink::State::shake_hands(const std::shared_ptr<State>& self) {
    using Shared = Carried<State>;
    const auto done = [](GObject*, GAsyncResult* result, gpointer data) noexcept {
        if (!g_task_propagate_boolean(G_TASK(result), nullptr))
            Shared::get(data)->tell_closed();
        Shared::free(data);
    };
    const auto run = [](GTask* task, gpointer, gpointer data,
                        GCancellable* stop) noexcept {
        auto& state = *Shared::get(data);
        GError* error = nullptr;
        if (!g_initable_init(G_INITABLE(state.connection.get()), stop, &error)) {
            g_task_return_error(task, error);
            return;
        }
        state.serve();
        g_task_return_boolean(task, TRUE);
    };
    const Handle<GTask, &g_object_unref> task(
        g_task_new(nullptr, cancellable.get(), done, Shared::make(self)));
    g_task_set_task_data(task.get(), Shared::make(self), &Shared::free);
    g_task_run_in_thread(task.get(), run);
}

Result<std::unique_ptr<PrivateLink>>
PrivateLink::open(UniqueFd socket, std::shared_ptr<CallHandler> handler,
                  std::function<void()> closed) {
    using Shared = Carried<State>;
    auto state = std::make_shared<State>();
    state->socket = QIO_TRY(adopt_socket(std::move(socket)));
    state->connection = new_connection(state->socket.get());
    state->handler = std::move(handler);
    state->closed = std::move(closed);
    const auto on_closed = [](GDBusConnection*, gboolean, GError*,
                              gpointer data) noexcept {
        const auto keep_alive = Shared::get(data);
        keep_alive->tell_closed();
    };
    state->closed_handler = g_signal_connect_data(
        state->connection.get(), "closed", G_CALLBACK(+on_closed), Shared::make(state),
        &Shared::free_closure, GConnectFlags(0));
    state->shake_hands(state);
    return std::unique_ptr<PrivateLink>(new PrivateLink(std::move(state)));
}

PrivateLink::~PrivateLink() {
    state_->closed = nullptr;
    g_signal_handler_disconnect(state_->connection.get(), state_->closed_handler);
    std::unique_ptr<CallFilter> filter;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopped = true;
        filter.swap(state_->filter);
    }
    g_cancellable_cancel(state_->cancellable.get());
    // Ends the handshake, or the connection, in whatever thread they are.
    g_socket_shutdown(state_->socket.get(), TRUE, TRUE, nullptr);
}

} // namespace qio::dbus
