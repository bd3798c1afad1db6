// An echo over TLS: tls-echo DIRECTORY, where certificates are as docs/tls.rst makes
// them. Serves on a free port of localhost, and is its own first client.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <io/core/transfer.hpp>
#include <io/socket/net-listener.hpp>
#include <io/tls/channel-tls.hpp>
#include <io/tls/credentials-x509.hpp>

using qio::tls::Endpoint;

[[noreturn]] void give_up(const qio::Error& error) {
    std::fprintf(stderr, "tls-echo: %s\n", error.message.c_str());
    std::exit(1);
}

template <class T>
T value_of(qio::Result<T> result) {
    if (!result)
        give_up(result.error());
    return std::move(*result);
}

void echo(std::shared_ptr<qio::Channel> channel) {
    auto watch = std::make_shared<qio::Watch>();
    *watch = qio::Watch(*channel, qio::Condition::in, [=](qio::Condition) {
        std::byte buffer[4096];
        const auto count = channel->read(buffer);
        if (!count || *count == 0u) // gone, or gone wrong
            return watch->reset();
        if (*count) // a short echo: it fits into the socket's buffer
            (void)channel->write(std::span(buffer).first(**count));
    });
}

int main(int argc, char** argv) {
    if (argc != 2)
        return std::fprintf(stderr, "usage: tls-echo DIRECTORY\n"), 2;
    const auto credentials = value_of(qio::TlsCredentialsX509::create(
        {.endpoint = Endpoint::server,
         .directory = argv[1],
         .verify_peer = qio::tls::VerifyPeer::no})); // clients need no certificate
    const auto listener = qio::NetListener::create();
    if (auto open = listener->open(qio::InetAddress{.host = "127.0.0.1", .port = "0"});
        !open)
        give_up(open.error());
    listener->set_callback([&](auto socket) {
        const auto tls = value_of(qio::ChannelTls::server(socket, *credentials));
        tls->handshake({.deadline = qio::deadline_after(std::chrono::seconds(10))},
                       [tls](qio::Result<void> done) {
                           if (done)
                               echo(tls);
                       });
    });

    const auto trust = value_of(qio::TlsCredentialsX509::create(
        {.endpoint = Endpoint::client, .directory = argv[1]}));
    std::string answer;
    qio::Watch reader;
    qio::ChannelSocket::connect(listener->addresses()[0], {}, [&](auto socket) {
        const auto tls = value_of(qio::ChannelTls::client(
            value_of(std::move(socket)), *trust, {.server_name = "localhost"}));
        tls->handshake({}, [&, tls](qio::Result<void> done) {
            if (!done)
                give_up(done.error());
            std::printf("%s with %s\n", tls->info().protocol.c_str(),
                        tls->info().cipher.c_str());
            (void)tls->write(qio::as_bytes("hello"));
            reader = qio::Watch(*tls, qio::Condition::in, [&, tls](qio::Condition) {
                std::byte buffer[100];
                const auto count = value_of(tls->read(buffer));
                answer += qio::as_text(std::span(buffer).first(count.value_or(0)));
            });
        });
    });
    while (answer.size() < 5)
        g_main_context_iteration(nullptr, TRUE);
    std::puts(answer.c_str());
}
