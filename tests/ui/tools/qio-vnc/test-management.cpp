// org.qemu.Vnc1 on a bus: what managers see, and what they may do.
#include "ui/tools/qio-vnc/management.hpp"

#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "io/gio/gio-error.hpp"
#include "tests/support/loop.hpp"
#include "ui/dbus/connecting.hpp"
#include "ui/tools/qio-vnc/management-interface.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::bridge;
using namespace qio::test;

namespace {

/// Remembers what it is told to do, and does it or fails.
struct Recorder final : Managed {
    Result<void> remember(std::string text) {
        done.push_back(std::move(text));
        if (error)
            return *error;
        return {};
    }
    Result<void> set_password(const std::string& password) override {
        return remember("password " + password);
    }
    Result<void> expire_password(const std::string& when) override {
        return remember("expire " + when);
    }
    Result<void> reload_certificates() override { return remember("reload"); }
    Result<void> add_client(UniqueFd fd, vnc::AskWho ask) override {
        socket = std::move(fd);
        return remember(ask == vnc::AskWho::no ? "add unasked" : "add");
    }
    std::vector<vnc::ListenerInfo> listeners() const override {
        return {
            {InetAddress{.host = "127.0.0.1", .port = "5900"}, vnc::Speak::rfb, false},
            {UnixAddress{"/run/\xff"}, vnc::Speak::anything, true}};
    }

    std::vector<std::string> done;
    std::optional<Error> error;
    UniqueFd socket;
};

/// The management on a bus of its own, and a manager.
struct World {
    World() : bus(g_test_dbus_new(G_TEST_DBUS_NONE)) {
        g_test_dbus_up(bus.get());
        const std::string address = g_test_dbus_get_bus_address(bus.get());
        cancellable.reset(g_cancellable_new());
        dbus::connect_to_bus(address, cancellable.get(),
                             [this](Result<dbus::ConnectionRef> made) {
                                 manager = std::move(made).value_or(nullptr);
                             });
        run_until([this] { return manager != nullptr; });
        g_dbus_connection_set_exit_on_close(manager.get(), FALSE);
        g_dbus_connection_signal_subscribe(
            manager.get(), "org.qemu.vnc", nullptr, nullptr, server_path, nullptr,
            G_DBUS_SIGNAL_FLAGS_NONE, &World::on_signal, this, nullptr);
        g_dbus_connection_signal_subscribe(
            manager.get(), "org.qemu.vnc", client_interface, nullptr, nullptr, nullptr,
            G_DBUS_SIGNAL_FLAGS_NONE, &World::on_signal, this, nullptr);
        management.emplace(recorder, ManagementOptions{.address = address,
                                                       .server_name = "default",
                                                       .auth = "vencrypt",
                                                       .vencrypt_sub_auth = "x509-vnc"});
        run_until([this] { return get("Name") == "'default'"; });
    }
    ~World() {
        management.reset();
        g_dbus_connection_close_sync(manager.get(), nullptr, nullptr);
        manager.reset();
        drain();
        g_test_dbus_stop(bus.get());
    }

    /// Of the server as "Name(values)", of a client with its path in front.
    static void on_signal(GDBusConnection*, const char*, const char* path, const char*,
                          const char* name, GVariant* values, gpointer self) noexcept {
        const Handle<char, &g_free> text(g_variant_print(values, FALSE));
        const bool is_server = std::string_view(path) == server_path;
        static_cast<World*>(self)->signals.push_back(
            (is_server ? "" : std::string(path) + " ") + name + text.get());
    }
    static void on_reply(GObject* source, GAsyncResult* result, gpointer self) noexcept {
        auto& world = *static_cast<World*>(self);
        GError* error = nullptr;
        const dbus::VariantRef reply(g_dbus_connection_call_with_unix_fd_list_finish(
            G_DBUS_CONNECTION(source), nullptr, result, &error));
        const Handle<char, &g_free> text(reply ? g_variant_print(reply.get(), FALSE)
                                               : nullptr);
        world.reply = reply ? text.get() : "error " + std::string(error->message);
        const GErrorRef owned(error);
    }
    /// What it answers, as text; "error …" with its message.
    std::string ask(const char* path, const char* interface, const char* method,
                    GVariant* arguments, GUnixFDList* descriptors = nullptr) {
        reply.reset();
        g_dbus_connection_call_with_unix_fd_list(
            manager.get(), "org.qemu.vnc", path, interface, method, arguments, nullptr,
            G_DBUS_CALL_FLAGS_NONE, -1, descriptors, nullptr, &World::on_reply, this);
        run_until([this] { return reply.has_value(); });
        return reply.value_or("nothing");
    }
    std::string call(const char* method, GVariant* arguments = nullptr,
                     GUnixFDList* descriptors = nullptr) {
        return ask(server_path, server_interface, method, arguments, descriptors);
    }
    /// A property, as text without "(<…>,)" around it.
    std::string get(const char* name, const char* path = server_path,
                    const char* interface = server_interface) {
        const auto text = ask(path, "org.freedesktop.DBus.Properties", "Get",
                              g_variant_new("(ss)", interface, name));
        return text.starts_with("(<") ? text.substr(2, text.size() - 5) : text;
    }
    bool has_signal(const std::string& wanted) {
        return run_until(
            [&] { return std::ranges::find(signals, wanted) != signals.end(); });
    }

    Handle<GTestDBus, &g_object_unref> bus;
    GCancellableRef cancellable;
    dbus::ConnectionRef manager;
    Recorder recorder;
    std::vector<std::string> signals;
    std::optional<std::string> reply;
    std::optional<Management> management;
};

vnc::ClientInfo some_client(std::uint64_t id) {
    vnc::ClientInfo client;
    client.id = id;
    client.peer = InetAddress{.host = "::1", .port = "4711"};
    client.is_websocket = true;
    client.security.peer_dname = "CN=\xff";
    client.user = "alice";
    return client;
}

void does_what_managers_say(void**) {
    World world;
    assert_string_equal(world.call("SetPassword", g_variant_new("(s)", "secret")).c_str(),
                        "()");
    assert_string_equal(world.call("ExpirePassword", g_variant_new("(s)", "+10")).c_str(),
                        "()");
    assert_string_equal(world.call("ReloadCertificates").c_str(), "()");
    assert_true(world.recorder.done ==
                std::vector<std::string>({"password secret", "expire +10", "reload"}));
}

void tells_managers_what_went_wrong(void**) {
    World world;
    world.recorder.error = Error{ErrorKind::not_supported, 0, "there is no such thing"};
    assert_true(world.call("ReloadCertificates").contains("there is no such thing"));
    assert_true(world.call("SetPassword", g_variant_new("(u)", 1)).starts_with("error"));
    assert_true(world.call("NoSuchMethod").starts_with("error"));
    assert_int_equal(world.recorder.done.size(), 1);
}

void takes_clients_that_are_handed_over(void**) {
    World world;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const dbus::FdListRef list(g_unix_fd_list_new());
    g_unix_fd_list_append(list.get(), theirs.get(), nullptr);
    theirs.reset();
    const auto add = [&](int index, bool skips) {
        return world.call("AddClient", g_variant_new("(hb)", index, skips), list.get());
    };
    assert_string_equal(add(0, false).c_str(), "()");
    assert_string_equal(add(0, true).c_str(), "()");
    assert_true(world.recorder.done == std::vector<std::string>({"add", "add unasked"}));
    assert_int_equal(write(world.recorder.socket.get(), "x", 1), 1);
    char byte = 0;
    assert_int_equal(read(ours.get(), &byte, 1), 1);
    // Of a number without a descriptor GDBus itself makes an error, or we do.
    assert_true(world.call("AddClient", g_variant_new("(hb)", 0, FALSE))
                    .contains("there is no such descriptor"));
}

void shows_itself_and_its_listeners(void**) {
    World world;
    assert_string_equal(world.get("Auth").c_str(), "'vencrypt'");
    assert_string_equal(world.get("VencryptSubAuth").c_str(), "'x509-vnc'");
    assert_string_equal(world.get("Clients").c_str(), "@ao []");
    const auto listeners = world.get("Listeners");
    const auto* const rfb = "{'Host': <'127.0.0.1'>, 'Service': <'5900'>, 'Family': "
                            "<'ipv4'>, 'WebSocket': <false>, 'Auth': <'vencrypt'>, "
                            "'VencryptSubAuth': <'x509-vnc'>}";
    const auto* const websocket = "'Family': <'unix'>, 'WebSocket': <true>, 'Auth': "
                                  "<'vnc'>, 'VencryptSubAuth': <''>}";
    assert_true(listeners.contains(rfb));
    assert_true(listeners.contains(websocket));
}

void shows_clients_as_they_come_and_go(void**) {
    World world;
    const int one = 0, two = 0; // of these two servers both have a client 7
    world.management->connected(&one, some_client(7));
    world.management->connected(&two, some_client(7));
    assert_string_equal(
        world.get("Clients").c_str(),
        "[objectpath '/org/qemu/Vnc1/Client_1', '/org/qemu/Vnc1/Client_2']");
    world.management->initialized(&two, some_client(7));
    assert_true(world.has_signal("ClientInitialized('/org/qemu/Vnc1/Client_2',)"));
    const auto of_client = [&](const char* name) {
        return world.get(name, "/org/qemu/Vnc1/Client_2", client_interface);
    };
    assert_string_equal(of_client("Host").c_str(), "'::1'");
    assert_string_equal(of_client("Service").c_str(), "'4711'");
    assert_string_equal(of_client("Family").c_str(), "'ipv6'");
    assert_string_equal(of_client("WebSocket").c_str(), "true");
    assert_string_equal(of_client("X509Dname").c_str(), "'CN=\uFFFD'");
    assert_string_equal(of_client("SaslUsername").c_str(), "'alice'");
    world.management->disconnected(&two, some_client(7));
    assert_true(world.has_signal("ClientDisconnected('/org/qemu/Vnc1/Client_2',)"));
    assert_true(of_client("Host").starts_with("error"));
    assert_string_equal(world.get("Clients").c_str(),
                        "[objectpath '/org/qemu/Vnc1/Client_1']");
    assert_true(world.has_signal("ClientConnected('/org/qemu/Vnc1/Client_1',)"));
    world.management->disconnected(&two, some_client(7)); // nobody
}

void tells_what_clients_want_done(void**) {
    World world;
    const int server = 0;
    world.management->connected(&server, some_client(7));
    const auto asks = [&](ui::PowerAction action, std::uint64_t who = 7) {
        return world.management->power_wanted(&server, some_client(who), action);
    };
    assert_true(asks(ui::PowerAction::shut_down));
    assert_true(world.has_signal("/org/qemu/Vnc1/Client_1 ShutdownRequest()"));
    assert_true(asks(ui::PowerAction::reset));
    assert_true(world.has_signal("/org/qemu/Vnc1/Client_1 ResetRequest()"));
    assert_false(asks(ui::PowerAction::reboot));
    assert_false(asks(ui::PowerAction::reset, 8));
}

void tells_that_it_leaves(void**) {
    World world;
    bool has_left = false;
    world.management->leave("stopped", [&] { has_left = true; });
    assert_true(run_until([&] { return has_left; }));
    assert_true(world.has_signal("Leaving('stopped',)"));
}

void serves_without_a_bus(void**) {
    Recorder recorder;
    Management management(recorder, {.address = "unix:path=/nonexistent/bus"});
    const int server = 0;
    drain();
    management.connected(&server, some_client(1));
    management.disconnected(&server, some_client(1));
    bool has_left = false;
    management.leave("stopped", [&] { has_left = true; });
    assert_true(has_left);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(does_what_managers_say),
        cmocka_unit_test(tells_managers_what_went_wrong),
        cmocka_unit_test(takes_clients_that_are_handed_over),
        cmocka_unit_test(shows_itself_and_its_listeners),
        cmocka_unit_test(shows_clients_as_they_come_and_go),
        cmocka_unit_test(tells_what_clients_want_done),
        cmocka_unit_test(tells_that_it_leaves),
        cmocka_unit_test(serves_without_a_bus),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
