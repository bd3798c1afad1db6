// A client made of gtk-vnc's VncConnection, which needs no display, led by lines on
// standard input.
#include <glib-unix.h>
#include <vncbaseframebuffer.h>
#include <vncconnection.h>

#include <algorithm>

#include "tests/interop/conversation.hpp"
#include "tests/interop/gvnc-sound.hpp"
#include "tests/interop/options.hpp"
#include "tests/interop/serving.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

struct Wishes {
    std::string host = "127.0.0.1", password, user, format = "32";
    std::size_t port = 0, type = 0, subtype = 0; ///< 0: the first one that is offered
    std::vector<std::string> encodings;          ///< numbers
};

Wishes wishes;

struct Client {
    VncConnection* connection = nullptr;
    GMainLoop* loop = nullptr;
    Expectation expectation{};
    std::vector<std::byte> pixels{};
    VncPixelFormat format{};
};

VncPixelFormat wanted_format() {
    if (wishes.format == "32")
        return {32, 24, G_LITTLE_ENDIAN, 1, 255, 255, 255, 16, 8, 0};
    if (wishes.format == "16")
        return {16, 16, G_LITTLE_ENDIAN, 1, 31, 63, 31, 11, 5, 0};
    return {8, 8, G_LITTLE_ENDIAN, 1, 7, 7, 3, 0, 3, 6};
}

ClientPicture picture_of(const Client& client) {
    const auto& format = client.format;
    const int width = vnc_connection_get_width(client.connection);
    return {width,
            vnc_connection_get_height(client.connection),
            std::size_t(width) * format.bits_per_pixel / 8,
            client.pixels.empty() ? nullptr : client.pixels.data(),
            {format.bits_per_pixel, format.depth, false, true, format.red_max,
             format.green_max, format.blue_max, format.red_shift, format.green_shift,
             format.blue_shift}};
}

void make_framebuffer(Client& client) {
    const int width = vnc_connection_get_width(client.connection);
    const int height = vnc_connection_get_height(client.connection);
    const int stride = width * client.format.bits_per_pixel / 8;
    client.pixels.assign(std::size_t(stride) * std::size_t(height), {});
    auto* framebuffer = VNC_FRAMEBUFFER(vnc_base_framebuffer_new(
        reinterpret_cast<guint8*>(client.pixels.data()), guint16(width), guint16(height),
        stride, &client.format, &client.format));
    vnc_connection_set_framebuffer(client.connection, framebuffer);
    g_object_unref(framebuffer);
}

void ask(const Client& client, bool incremental) {
    vnc_connection_framebuffer_update_request(
        client.connection, incremental, 0, 0,
        guint16(vnc_connection_get_width(client.connection)),
        guint16(vnc_connection_get_height(client.connection)));
}

void on_initialized(VncConnection* connection, Client* client) noexcept {
    client->format = wanted_format();
    vnc_connection_set_pixel_format(connection, &client->format);
    make_framebuffer(*client);
    std::vector<gint32> encodings;
    for (const auto& number : wishes.encodings)
        encodings.push_back(gint32(std::strtol(number.c_str(), nullptr, 0)));
    vnc_connection_set_encodings(connection, int(encodings.size()), encodings.data());
    ask(*client, false);
    say(std::string("connected ") + vnc_connection_get_name(connection));
}

void on_update(VncConnection*, guint16, guint16, guint16, guint16,
               Client* client) noexcept {
    client->expectation.look(picture_of(*client));
    ask(*client, true);
}

void on_size(VncConnection*, guint16 width, guint16 height, Client* client) noexcept {
    make_framebuffer(*client);
    say("size " + std::to_string(width) + " " + std::to_string(height));
    ask(*client, false);
}

void on_credential(VncConnection* connection, GValueArray* wanted, Client*) noexcept {
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    for (guint i = 0; i < wanted->n_values; ++i) {
        const int type = g_value_get_enum(g_value_array_get_nth(wanted, i));
        const auto& value = type == VNC_CONNECTION_CREDENTIAL_PASSWORD   ? wishes.password
                            : type == VNC_CONNECTION_CREDENTIAL_USERNAME ? wishes.user
                                                                         : "vnc-client";
        vnc_connection_set_credential(connection, type, value.c_str());
    }
    G_GNUC_END_IGNORE_DEPRECATIONS
}

unsigned chosen(std::size_t wish, GValueArray* offered) {
    std::string line = "offered";
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    for (guint i = 0; i < offered->n_values; ++i)
        line += " " + std::to_string(g_value_get_enum(g_value_array_get_nth(offered, i)));
    say(line);
    return wish != 0 ? unsigned(wish)
                     : unsigned(g_value_get_enum(g_value_array_get_nth(offered, 0)));
    G_GNUC_END_IGNORE_DEPRECATIONS
}

void on_choose_type(VncConnection* connection, GValueArray* offered, Client*) noexcept {
    vnc_connection_set_auth_type(connection, chosen(wishes.type, offered));
}

void on_choose_subtype(VncConnection* connection, unsigned, GValueArray* offered,
                       Client*) noexcept {
    vnc_connection_set_auth_subtype(connection, chosen(wishes.subtype, offered));
}

void on_cursor(VncConnection*, VncCursor* cursor, Client*) noexcept {
    if (cursor == nullptr)
        return say("cursor none");
    const auto* data = vnc_cursor_get_data(cursor);
    // The pixel in the middle of the first column
    const auto at = 4u * 5u * vnc_cursor_get_width(cursor);
    std::string line = "cursor " + std::to_string(vnc_cursor_get_width(cursor)) + "x" +
                       std::to_string(vnc_cursor_get_height(cursor)) + " " +
                       std::to_string(vnc_cursor_get_hotx(cursor)) + "," +
                       std::to_string(vnc_cursor_get_hoty(cursor));
    for (unsigned i = 0; i < 4; ++i)
        line += " " + std::to_string(data[at + i]);
    say(line);
}

// That there is a text, whatever it is.
void on_cut(VncConnection*, const void*, Client*) noexcept {
    say("cut");
}

void on_rename(VncConnection*, const char* name, Client*) noexcept {
    say(std::string("name ") + name);
}

void on_pointer_mode(VncConnection*, gboolean is_absolute, Client*) noexcept {
    say(is_absolute ? "absolute" : "relative");
}

void on_bell(VncConnection*, Client*) noexcept {
    say("bell");
}

void on_power(VncConnection*, Client*) noexcept {
    say("power");
}

void on_power_failed(VncConnection*, Client*) noexcept {
    say("power failed");
}

void on_refused(VncConnection*, const char* reason, Client*) noexcept {
    say(std::string("refused ") + (reason != nullptr ? reason : ""));
}

void on_error(VncConnection*, const char* message, Client*) noexcept {
    say(std::string("error ") + message);
}

void on_disconnected(VncConnection*, Client* client) noexcept {
    say("ended");
    g_main_loop_quit(client->loop);
}

template <class Handler>
void connect_to(Client& client, const char* signal, Handler* handler) {
    g_signal_connect(client.connection, signal, reinterpret_cast<GCallback>(handler),
                     &client);
}

void connect_signals(Client& client) {
    connect_to(client, "vnc-initialized", &on_initialized);
    connect_to(client, "vnc-framebuffer-update", &on_update);
    connect_to(client, "vnc-desktop-resize", &on_size);
    connect_to(client, "vnc-auth-credential", &on_credential);
    connect_to(client, "vnc-auth-choose-type", &on_choose_type);
    connect_to(client, "vnc-auth-choose-subtype", &on_choose_subtype);
    connect_to(client, "vnc-auth-failure", &on_refused);
    connect_to(client, "vnc-cursor-changed", &on_cursor);
    connect_to(client, "vnc-server-cut-text", &on_cut);
    connect_to(client, "vnc-desktop-rename", &on_rename);
    connect_to(client, "vnc-pointer-mode-changed", &on_pointer_mode);
    connect_to(client, "vnc-bell", &on_bell);
    connect_to(client, "vnc-power-control-initialized", &on_power);
    connect_to(client, "vnc-power-control-failed", &on_power_failed);
    connect_to(client, "vnc-error", &on_error);
    connect_to(client, "vnc-disconnected", &on_disconnected);
}

Commands commands_of(Client& client) {
    auto* connection = client.connection;
    return {
        {"expect",
         [&](const Words& words) {
             client.expectation.expect(int(number(words, 1)));
             client.expectation.look(picture_of(client));
         }},
        {"leds",
         [=](const Words&) {
             say("leds " + std::to_string(vnc_connection_get_ledstate(connection)));
         }},
        {"key",
         [=](const Words& words) {
             for (const bool down : {true, false})
                 vnc_connection_key_event(connection, down, guint32(number(words, 1)),
                                          guint16(number(words, 2)));
         }},
        {"pointer",
         [=](const Words& words) {
             vnc_connection_pointer_event(connection, guint8(number(words, 3)),
                                          guint16(number(words, 1)),
                                          guint16(number(words, 2)));
         }},
        {"cut",
         [=](const Words& words) {
             const auto bytes = text(words, 1);
             vnc_connection_client_cut_text(connection, bytes.data(), bytes.size());
         }},
        {"resize",
         [=](const Words& words) {
             const auto status = vnc_connection_set_size(
                 connection, guint(number(words, 1)), guint(number(words, 2)));
             say("resized " + std::to_string(status));
         }},
        {"power",
         [=](const Words& words) {
             vnc_connection_power_control(connection,
                                          VncConnectionPowerAction(number(words, 1)));
         }},
        {"listen", [=](const Words& words) { start_listening(connection, words); }},
    };
}

gboolean obey_input(gint, GIOCondition, gpointer input) noexcept {
    return static_cast<CommandInput*>(input)->read();
}

Wishes parse(int argc, char** argv) {
    Wishes given;
    Options options("vnc-client-gvnc");
    options.number("--port", given.port)
        .text("--host", given.host)
        .list("--encoding", given.encodings)
        .text("--format", given.format)
        .number("--type", given.type)
        .number("--subtype", given.subtype)
        .text("--password", given.password)
        .text("--user", given.user)
        .parse(argc, argv);
    return given;
}

} // namespace

int main(int argc, char** argv) {
    wishes = parse(argc, argv);
    Client client{vnc_connection_new(), g_main_loop_new(nullptr, FALSE)};
    connect_signals(client);
    const auto commands = commands_of(client);
    CommandInput input(commands);
    g_unix_fd_add(0, GIOCondition(G_IO_IN | G_IO_HUP), &obey_input, &input);
    vnc_connection_open_host(client.connection, wishes.host.c_str(),
                             std::to_string(wishes.port).c_str());
    g_main_loop_run(client.loop);
    g_object_unref(client.connection);
    g_main_loop_unref(client.loop);
    return 0;
}
