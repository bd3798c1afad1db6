// A TLS server that echoes the bytes of each client, and prints what became of it.
#include "io/core/async-completion.hpp"
#include "tests/interop/serving.hpp"
#include "tests/interop/tls-options.hpp"

using namespace qio;
using namespace qio::interop;

namespace {

struct Setup {
    std::shared_ptr<TlsCredentials> credentials;
    tls::ServerOptions options;
    std::size_t limit = 0; ///< bytes after which we say goodbye first
};

/// "ended COUNT" stands for a goodbye of the client's, "broken …" for an end without.
void report(const Result<void>& result, std::size_t count) {
    const std::string bytes = std::to_string(count);
    say(result ? "ended " + bytes : "broken " + bytes + " " + result.error().message);
}

Co<Result<void>> converse(std::shared_ptr<ChannelTls> tls, std::size_t limit,
                          std::size_t& count) {
    AsyncChannel channel(tls);
    auto result = co_await echo(channel, limit, count);
    if (!result)
        co_return result;
    const bool is_first = limit != 0;
    result = co_await completion_of<void>(
        [&](auto done) { tls->bye({.deadline = in_time()}, std::move(done)); });
    // Who has said goodbye need not wait for ours.
    if (!is_first)
        co_return Result<void>();
    std::size_t more = 0;
    if (result)
        result = co_await echo(channel, 0, more);
    co_return result;
}

Co<void> serve(std::shared_ptr<ChannelSocket> socket, const Setup& setup) {
    const auto open = co_await accept_tls(socket, *setup.credentials, setup.options);
    if (!open)
        co_return say("refused " + open.error().message);
    const auto tls = *open;
    say("open " + to_text(tls->info()));
    std::size_t count = 0;
    const auto result = co_await converse(tls, setup.limit, count);
    (void)tls->close();
    report(result, count);
}

} // namespace

int main(int argc, char** argv) {
    TlsOptions tls;
    std::size_t port = 0, limit = 0;
    Options options("tls-echo");
    tls.add_to(options);
    options.number("--port", port).number("--limit", limit).parse(argc, argv);
    const auto credentials = tls.credentials(tls::Endpoint::server);
    if (!credentials)
        options.refuse(credentials.error().message);
    const Setup setup{*credentials, tls.server(), limit};
    return run_server(port, [&](auto socket) { return serve(std::move(socket), setup); });
}
