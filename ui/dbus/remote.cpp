// internal: calls to one machine and signals from it, none of which is waited for.
#include "ui/dbus/remote.hpp"

#include <gio/gunixfdlist.h>

#include <utility>

#include "io/gio/gio-error.hpp"

namespace qio::dbus {

namespace {

void finish_call(GObject* source, GAsyncResult* result, gpointer data) noexcept {
    const std::unique_ptr<Remote::Replied> replied(static_cast<Remote::Replied*>(data));
    GError* error = nullptr;
    VariantRef values(g_dbus_connection_call_with_unix_fd_list_finish(
        reinterpret_cast<GDBusConnection*>(source), nullptr, result, &error));
    if (values) {
        (*replied)(std::move(values));
        return;
    }
    const GErrorRef owned(error);
    // Only a Remote that is gone cancels its calls.
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        (*replied)(from_gerror(*error));
}

} // namespace

Remote::Remote(ConnectionRef connection, std::string name)
    : connection_(std::move(connection)), name_(std::move(name)),
      cancellable_(g_cancellable_new()) {}

Remote::~Remote() {
    g_cancellable_cancel(cancellable_.get());
    for (const unsigned id : subscriptions_)
        g_dbus_connection_signal_unsubscribe(connection_.get(), id);
}

void Remote::call(const char* path, const char* interface, const char* method,
                  GVariant* arguments, Replied replied, UniqueFd descriptor) {
    FdListRef descriptors;
    if (descriptor) {
        const int fd = descriptor.release();
        descriptors.reset(g_unix_fd_list_new_from_array(&fd, 1));
    }
    const bool wanted = bool(replied);
    g_dbus_connection_call_with_unix_fd_list(
        connection_.get(), destination(), path, interface, method, arguments, nullptr,
        G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, descriptors.get(), cancellable_.get(),
        wanted ? &finish_call : nullptr,
        wanted ? new Replied(std::move(replied)) : nullptr);
}

void Remote::on_signal(const char* interface, const char* signal, Signalled signalled) {
    const auto forward = [](GDBusConnection*, const char*, const char* path, const char*,
                            const char*, GVariant* values, gpointer data) noexcept {
        (*static_cast<Signalled*>(data))(path, values);
    };
    subscriptions_.push_back(g_dbus_connection_signal_subscribe(
        connection_.get(), destination(), interface, signal, nullptr, nullptr,
        G_DBUS_SIGNAL_FLAGS_NONE, forward, new Signalled(std::move(signalled)),
        [](gpointer data) noexcept { delete static_cast<Signalled*>(data); }));
}

} // namespace qio::dbus
