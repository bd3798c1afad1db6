// A web server of libsoup's over our TLS: GET /N gives N bytes, POST gives back what
// came.
#include <libsoup/soup.h>

#include <string>

#include "io/base/handle.hpp"
#include "io/gio/channel-stream.hpp"
#include "tests/interop/serving.hpp"
#include "tests/interop/tls-options.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

template <class T>
using Ref = Handle<T, &g_object_unref>;

struct Setup {
    std::shared_ptr<TlsCredentials> credentials;
    tls::ServerOptions options;
    SoupServer* server;
};

void answer(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
            gpointer) noexcept {
    const SoupMessageBody* body = soup_server_message_get_request_body(message);
    const bool is_post = g_str_equal(soup_server_message_get_method(message), "POST");
    const std::string text =
        is_post ? std::string(body->data, std::size_t(body->length))
                : std::string(g_ascii_strtoull(path + 1, nullptr, 10), 'x');
    soup_server_message_set_response(message, "application/octet-stream",
                                     SOUP_MEMORY_COPY, text.data(), text.size());
    soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
}

Co<void> serve(std::shared_ptr<ChannelSocket> socket, const Setup& setup) {
    const auto tls = co_await accept_tls(socket, *setup.credentials, setup.options);
    if (!tls)
        co_return say("refused " + tls.error().message);
    say("open " + to_text((*tls)->info()));
    const auto stream = stream_from_channel(*tls);
    const Ref<GSocketAddress> nowhere(
        g_inet_socket_address_new_from_string("127.0.0.1", 0));
    soup_server_accept_iostream(setup.server, stream.get(), nowhere.get(), nowhere.get(),
                                nullptr);
}

} // namespace

int main(int argc, char** argv) {
    TlsOptions tls;
    std::size_t port = 0;
    Options options("tls-http");
    tls.add_to(options);
    options.number("--port", port).parse(argc, argv);
    const auto credentials = tls.credentials(tls::Endpoint::server);
    if (!credentials)
        options.refuse(credentials.error().message);
    const Ref<SoupServer> server(soup_server_new(nullptr, nullptr));
    soup_server_add_handler(server.get(), nullptr, &answer, nullptr, nullptr);
    // Only a server that listens somewhere keeps a connection for a second request.
    if (!soup_server_listen_local(server.get(), 0, SOUP_SERVER_LISTEN_IPV4_ONLY, nullptr))
        return 1;
    const Setup setup{*credentials, tls.server(), server.get()};
    return run_server(port, [&](auto socket) { return serve(std::move(socket), setup); });
}
