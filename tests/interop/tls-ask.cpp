// A TLS client of a server that echoes: prints what it was told, and whether it came
// back.
#include <algorithm>
#include <cstdio>

#include "io/core/transfer.hpp"
#include "io/socket/channel-socket.hpp"
#include "tests/interop/tls-options.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

constexpr std::size_t line_size = 64; // the end of the line included
constexpr std::size_t window = 64 * 1024;
constexpr std::chrono::seconds patience(30);

struct Setup {
    std::size_t port = 0;
    std::size_t size = 1024 * 1024; ///< of what is echoed; whole lines
    bool is_reversed = false;       ///< the server turns each line round
};

WaitOptions soon() {
    return {.deadline = deadline_after(patience)};
}

/// Lines of letters, none like the one before.
std::string make_lines(std::size_t size) {
    std::string text(size, '\n');
    unsigned state = 1;
    for (std::size_t i = 0; i < size; ++i) {
        state = state * 1103515245 + 12345;
        if (i % line_size != line_size - 1)
            text[i] = char('a' + (state >> 16) % 26);
    }
    return text;
}

std::string with_lines_reversed(std::string text) {
    for (auto line = text.begin(); line != text.end(); line += line_size)
        std::reverse(line, line + line_size - 1);
    return text;
}

Result<void> converse(Channel& channel, const Setup& setup) {
    const std::string sent = make_lines(setup.size);
    const std::string wanted = setup.is_reversed ? with_lines_reversed(sent) : sent;
    std::string received(setup.size, '\0');
    for (std::size_t at = 0; at < setup.size; at += window) {
        const std::size_t count = std::min(window, setup.size - at);
        QIO_TRY(write_all(channel, as_bytes(std::string_view(sent).substr(at, count)),
                          soon()));
        QIO_TRY(read_all(channel,
                         std::as_writable_bytes(std::span(received).subspan(at, count)),
                         soon()));
    }
    if (received != wanted)
        return Error{ErrorKind::protocol, 0, "other bytes came back"};
    return {};
}

/// Says goodbye, and reads the server's.
Result<void> part(Channel& channel) {
    QIO_TRY(channel.shutdown(Direction::write));
    QIO_TRY(flush_all(channel, soon()));
    std::byte byte;
    if (QIO_TRY(read_all_or_end(channel, {&byte, 1}, soon())))
        return Error{ErrorKind::protocol, 0, "more than was asked for"};
    return {};
}

/// Returns what the next session can begin with.
Result<Bytes> ask(const Setup& setup, const TlsCredentials& credentials,
                  const tls::ClientOptions& options) {
    const InetAddress address{.host = "127.0.0.1", .port = std::to_string(setup.port)};
    const auto socket = QIO_TRY(ChannelSocket::connect_wait(address, soon()));
    const auto tls = QIO_TRY(ChannelTls::client(socket, credentials, options));
    QIO_TRY(tls->handshake_wait(soon()));
    std::printf("open %s\n", to_text(tls->info()).c_str());
    QIO_TRY(converse(*tls, setup));
    std::printf("echoed %zu\n", setup.size);
    const auto session = QIO_TRY(tls->session_data());
    QIO_TRY(part(*tls));
    std::printf("ended\n");
    return session.value_or(Bytes());
}

} // namespace

int main(int argc, char** argv) {
    TlsOptions tls;
    Setup setup;
    bool again = false;
    Options options("tls-ask");
    tls.add_to(options);
    options.number("--port", setup.port)
        .number("--size", setup.size)
        .flag("--reversed", setup.is_reversed)
        .flag("--again", again)
        .parse(argc, argv);
    const auto credentials = tls.credentials(tls::Endpoint::client);
    if (!credentials)
        options.refuse(credentials.error().message);
    auto client = tls.client();
    for (int round = 0; round < (again ? 2 : 1); ++round) {
        const auto session = ask(setup, **credentials, client);
        if (!session)
            return std::printf("failed %s\n", session.error().message.c_str()), 1;
        client.session_data = *session;
    }
}
