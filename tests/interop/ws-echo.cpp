// A WebSocket server that echoes the byte stream of each client, for tests with real
// clients.
#include <glib-unix.h>

#include <cstdio>
#include <list>
#include <memory>
#include <string>

#include "io/base/byte-queue.hpp"
#include "io/socket/net-listener.hpp"
#include "io/websock/channel-websock.hpp"

using namespace qio;

namespace {

// Received and not yet sent back; a client that does not read is not read from.
constexpr std::size_t max_buffered = 64 * 1024;
constexpr int exit_usage = 2;

struct Options {
    int port = 0;
    ws::HandshakePolicy policy;
};

/// One connection, from its handshake to its close.
class Client {
public:
    Client(std::shared_ptr<Channel> socket, const ws::HandshakePolicy& policy,
           std::function<void()> when_done)
        : channel_(ChannelWebsock::server(std::move(socket), policy)),
          when_done_(std::move(when_done)) {
        channel_->handshake({}, [this](Result<void> result) {
            if (!result)
                return when_done_();
            watch_ = Watch(*channel_, Condition::in,
                           [this](Condition condition) { on_ready(condition); });
        });
    }

private:
    void on_ready(Condition condition) {
        if ((has(condition, Condition::in) && !receive()) ||
            (has(condition, Condition::out) && !send()))
            return close();
        auto wanted = Condition::none;
        if (buffer_.room() != 0)
            wanted |= Condition::in;
        if (!buffer_.empty())
            wanted |= Condition::out;
        watch_.set_condition(wanted);
    }

    /// False: nothing will come any more.
    bool receive() {
        if (buffer_.room() == 0)
            return true;
        const auto count = channel_->read(buffer_.prepare(buffer_.room()));
        if (count && *count)
            buffer_.commit(**count);
        return count && (!*count || **count != 0) && send();
    }

    /// False: nothing will leave any more.
    bool send() {
        if (buffer_.empty())
            return true;
        const auto count = channel_->write(buffer_.readable());
        if (count && *count)
            buffer_.consume(**count);
        return count.has_value();
    }

    /// Lets the last frame, perhaps a close frame that says what was wrong, arrive.
    void close() {
        watch_.reset();
        channel_->close_gracefully(ws::CloseCode::normal, {}, {},
                                   [this](Result<void>) { when_done_(); });
    }

    std::shared_ptr<ChannelWebsock> channel_;
    std::function<void()> when_done_;
    ByteQueue buffer_{max_buffered};
    Watch watch_;
};

class Server {
public:
    explicit Server(ws::HandshakePolicy policy) : policy_(std::move(policy)) {
        listener_->set_callback([this](auto socket) { add(std::move(socket)); });
    }
    Result<void> listen(int port) {
        return listener_->open(
            InetAddress{.host = "127.0.0.1", .port = std::to_string(port)});
    }
    std::string port() const {
        return std::get<InetAddress>(listener_->addresses().front()).port;
    }

private:
    void add(std::shared_ptr<ChannelSocket> socket) {
        socket->set_delay(Hint::off);
        const auto place = clients_.emplace(clients_.end());
        *place = std::make_unique<Client>(std::move(socket), policy_,
                                          [this, place] { clients_.erase(place); });
    }

    ws::HandshakePolicy policy_;
    std::shared_ptr<NetListener> listener_ = NetListener::create();
    std::list<std::unique_ptr<Client>> clients_;
};

/// The options of the command line; an exit status if there is nothing to serve.
std::expected<Options, int> parse_options(int argc, char** argv) {
    Options options;
    char** protocols = nullptr;
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &options.port, "0 for any free one", "N"},
        {"sub-protocol", 0, 0, G_OPTION_ARG_STRING_ARRAY, &protocols,
         "choose this one if it is offered", "NAME"},
        {},
    };
    const Handle<GOptionContext, &g_option_context_free> context(
        g_option_context_new("- echo WebSocket byte streams on 127.0.0.1"));
    g_option_context_add_main_entries(context.get(), entries, nullptr);
    GError* problem = nullptr;
    std::string message;
    if (!g_option_context_parse(context.get(), &argc, &argv, &problem)) {
        message = problem->message;
        g_error_free(problem);
    } else if (argc > 1) {
        message = std::string("unexpected argument '") + argv[1] + "'";
    } else if (options.port < 0 || options.port > 65535) {
        message = "--port takes a number from 0 to 65535";
    }
    const Handle<char*, &g_strfreev> owned(protocols);
    for (char** name = protocols; name != nullptr && *name != nullptr; ++name)
        options.policy.sub_protocols.emplace_back(*name);
    if (message.empty())
        return options;
    std::fprintf(stderr, "ws-echo: %s (try --help)\n", message.c_str());
    return std::unexpected(exit_usage);
}

gboolean quit(gpointer loop) noexcept {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
}

} // namespace

int main(int argc, char** argv) {
    const auto options = parse_options(argc, argv);
    if (!options)
        return options.error();
    Server server(options->policy);
    if (const auto listening = server.listen(options->port); !listening) {
        std::fprintf(stderr, "ws-echo: %s\n", listening.error().message.c_str());
        return exit_usage;
    }
    const Handle<GMainLoop, &g_main_loop_unref> loop(g_main_loop_new(nullptr, FALSE));
    g_unix_signal_add(SIGTERM, &quit, loop.get());
    g_unix_signal_add(SIGINT, &quit, loop.get());
    std::printf("listening %s\n", server.port().c_str());
    std::fflush(stdout);
    g_main_loop_run(loop.get());
}
