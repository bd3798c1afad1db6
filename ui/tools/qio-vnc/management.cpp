// org.qemu.Vnc1: the server on D-Bus.
#include "ui/tools/qio-vnc/management.hpp"

#include <fcntl.h>
#include <gio/gunixfdlist.h>

#include <utility>

#include "io/gio/gio-error.hpp"
#include "ui/dbus/patience.hpp"
#include "ui/tools/qio-vnc/management-interface.hpp"

namespace qio::bridge {

namespace {

// For a bus that takes nothing any more.
constexpr std::chrono::milliseconds leave_within{1000};

constexpr const char* failed = "org.qemu.Vnc1.Error.Failed";

/// What D-Bus takes as a text: names of peers may be anything.
GVariant* text(const std::string& any) {
    return g_variant_new_take_string(g_utf8_make_valid(any.data(), gssize(any.size())));
}

} // namespace

Management::Management(Managed& managed, ManagementOptions options)
    : managed_(managed), options_(std::move(options)),
      link_(options_.address, dbus::Patience{},
            {.connected = [this] { attach(); },
             .lost = [this](const Error&) { detach(); }}) {}

Management::~Management() {
    detach();
}

void Management::detach() {
    if (!link_.connection())
        return;
    for (auto& [key, client] : clients_)
        g_dbus_connection_unregister_object(link_.connection(),
                                            std::exchange(client.registration, 0));
    g_dbus_connection_unregister_object(link_.connection(),
                                        std::exchange(registration_, 0));
}

/// The objects are there before the name is, which we have, or wait for, as long as the
/// connection lasts: to give it back would mean to wait for the bus.
void Management::attach() {
    export_server();
    for (auto& [key, client] : clients_)
        export_client(client);
    g_dbus_connection_call(link_.connection(), "org.freedesktop.DBus",
                           "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                           g_variant_new("(su)", options_.name.c_str(), 0U), nullptr,
                           G_DBUS_CALL_FLAGS_NONE, -1, nullptr, nullptr, nullptr);
}

void Management::export_server() {
    static const GDBusInterfaceVTable table{&on_call, &on_get_server, nullptr, {}};
    registration_ = g_dbus_connection_register_object(
        link_.connection(), server_path, management_interface(server_interface), &table,
        this, nullptr, nullptr);
}

void Management::export_client(Client& client) {
    static const GDBusInterfaceVTable table{nullptr, &on_get_client, nullptr, {}};
    client.registration = g_dbus_connection_register_object(
        link_.connection(), client.path.c_str(), management_interface(client_interface),
        &table, &client, nullptr, nullptr);
}

void Management::connected(const void* server, const vnc::ClientInfo& info) {
    const auto path = "/org/qemu/Vnc1/Client_" + std::to_string(next_client_++);
    auto& client =
        clients_.insert_or_assign({server, info.id}, Client{path, info}).first->second;
    if (link_.connection())
        export_client(client);
    clients_changed();
    tell_client("ClientConnected", client);
}

void Management::initialized(const void* server, const vnc::ClientInfo& info) {
    const auto client = clients_.find({server, info.id});
    if (client == clients_.end())
        return;
    client->second.info = info;
    tell_client("ClientInitialized", client->second);
}

void Management::disconnected(const void* server, const vnc::ClientInfo& info) {
    const auto gone = clients_.extract({server, info.id});
    if (!gone)
        return;
    tell_client("ClientDisconnected", gone.mapped());
    if (link_.connection())
        g_dbus_connection_unregister_object(link_.connection(),
                                            gone.mapped().registration);
    clients_changed();
}

bool Management::power_wanted(const void* server, const vnc::ClientInfo& info,
                              ui::PowerAction action) {
    const auto client = clients_.find({server, info.id});
    if (client == clients_.end() || !link_.connection() ||
        action == ui::PowerAction::reboot)
        return false;
    const bool is_reset = action == ui::PowerAction::reset;
    return g_dbus_connection_emit_signal(
        link_.connection(), nullptr, client->second.path.c_str(), client_interface,
        is_reset ? "ResetRequest" : "ShutdownRequest", nullptr, nullptr);
}

void Management::tell_client(const char* signal, const Client& client) {
    emit(signal, g_variant_new("(o)", client.path.c_str()));
}

void Management::emit(const char* signal, GVariant* values) {
    const auto owned = dbus::sink(values);
    if (link_.connection())
        g_dbus_connection_emit_signal(link_.connection(), nullptr, server_path,
                                      server_interface, signal, owned.get(), nullptr);
}

void Management::clients_changed() {
    if (!link_.connection())
        return;
    GVariantBuilder changed;
    g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&changed, "{sv}", "Clients", paths());
    g_dbus_connection_emit_signal(
        link_.connection(), nullptr, server_path, "org.freedesktop.DBus.Properties",
        "PropertiesChanged",
        g_variant_new("(sa{sv}as)", server_interface, &changed, nullptr), nullptr);
}

void Management::leave(const std::string& reason, std::function<void()> left) {
    emit("Leaving", g_variant_new("(@s)", text(reason)));
    if (!link_.connection()) {
        left();
        return;
    }
    using Left = std::shared_ptr<std::function<void()>>;
    auto once = std::make_shared<std::function<void()>>(std::move(left));
    const auto go = [](const Left& callback) {
        if (const auto call = std::exchange(*callback, nullptr))
            call();
    };
    leaving_ = Timer(leave_within, [once, go] { go(once); });
    const auto flushed = [](GObject*, GAsyncResult*, gpointer data) noexcept {
        const std::unique_ptr<Left> callback(static_cast<Left*>(data));
        if (const auto call = std::exchange(**callback, nullptr))
            call();
    };
    g_dbus_connection_flush(link_.connection(), nullptr, +flushed,
                            new Left(std::move(once)));
}

Result<void> Management::obey(const std::string& method, GVariant* values, Call* call) {
    const char* argument = nullptr;
    if (method == "ReloadCertificates")
        return managed_.reload_certificates();
    if (method == "AddClient")
        return add_client(values, call);
    g_variant_get(values, "(&s)", &argument);
    if (method == "SetPassword")
        return managed_.set_password(argument);
    return managed_.expire_password(argument);
}

Result<void> Management::add_client(GVariant* values, Call* call) {
    gint32 index = -1;
    gboolean skips = FALSE;
    g_variant_get(values, "(hb)", &index, &skips);
    auto* const message = g_dbus_method_invocation_get_message(call);
    auto* const all = g_dbus_message_get_unix_fd_list(message);
    if (all == nullptr || index < 0 || index >= g_unix_fd_list_get_length(all))
        return Error{ErrorKind::invalid_argument, 0, "there is no such descriptor"};
    GError* error = nullptr;
    UniqueFd socket(g_unix_fd_list_get(all, index, &error));
    if (!socket)
        return from_gerror(*GErrorRef(error));
    return managed_.add_client(std::move(socket),
                               skips ? vnc::AskWho::no : vnc::AskWho::yes);
}

GVariant* Management::paths() const {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE_OBJECT_PATH_ARRAY);
    for (const auto& [key, client] : clients_)
        g_variant_builder_add(&all, "o", client.path.c_str());
    return g_variant_builder_end(&all);
}

/// A listener that speaks everything is there as both.
GVariant* Management::listeners() const {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    const auto add = [&](const vnc::ListenerInfo& listener, bool is_websocket) {
        const auto endpoint = vnc::endpoint_of(listener.address);
        // TLS is around a WebSocket, and not within it.
        const bool is_plain = is_websocket && options_.auth == "vencrypt";
        const auto end = options_.vencrypt_sub_auth.rfind('-');
        g_variant_builder_open(&all, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&all, "{sv}", "Host", text(endpoint.host));
        g_variant_builder_add(&all, "{sv}", "Service", text(endpoint.service));
        g_variant_builder_add(&all, "{sv}", "Family", text(endpoint.family));
        g_variant_builder_add(&all, "{sv}", "WebSocket",
                              g_variant_new_boolean(is_websocket));
        g_variant_builder_add(
            &all, "{sv}", "Auth",
            text(is_plain ? options_.vencrypt_sub_auth.substr(end + 1) : options_.auth));
        g_variant_builder_add(&all, "{sv}", "VencryptSubAuth",
                              text(is_plain ? "" : options_.vencrypt_sub_auth));
        g_variant_builder_close(&all);
    };
    for (const auto& listener : managed_.listeners()) {
        if (listener.speak != vnc::Speak::websocket)
            add(listener, false);
        if (listener.speak != vnc::Speak::rfb)
            add(listener, true);
    }
    return g_variant_builder_end(&all);
}

GVariant* Management::server_property(const std::string& name) const {
    if (name == "Clients")
        return paths();
    if (name == "Listeners")
        return listeners();
    if (name == "Auth")
        return text(options_.auth);
    return text(name == "Name" ? options_.server_name : options_.vencrypt_sub_auth);
}

void Management::on_call(GDBusConnection*, const char*, const char*, const char*,
                         const char* method, GVariant* values, Call* call,
                         gpointer self) noexcept {
    const auto done = static_cast<Management*>(self)->obey(method, values, call);
    if (done)
        g_dbus_method_invocation_return_value(call, nullptr);
    else
        g_dbus_method_invocation_return_dbus_error(call, failed,
                                                   done.error().message.c_str());
}

GVariant* Management::on_get_server(GDBusConnection*, const char*, const char*,
                                    const char*, const char* name, GError**,
                                    gpointer self) noexcept {
    return static_cast<Management*>(self)->server_property(name);
}

GVariant* Management::on_get_client(GDBusConnection*, const char*, const char*,
                                    const char*, const char* name, GError**,
                                    gpointer data) noexcept {
    const auto& info = static_cast<Client*>(data)->info;
    const auto endpoint = vnc::endpoint_of(info.peer);
    const std::string_view wanted = name;
    if (wanted == "WebSocket")
        return g_variant_new_boolean(info.is_websocket);
    if (wanted == "X509Dname")
        return text(info.security.peer_dname);
    if (wanted == "SaslUsername")
        return text(info.user);
    if (wanted == "Host")
        return text(endpoint.host);
    return text(wanted == "Service" ? endpoint.service : endpoint.family);
}

} // namespace qio::bridge
