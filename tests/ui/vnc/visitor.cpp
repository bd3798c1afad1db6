// Ways to come to a listener that speaks anything.
#include "tests/ui/vnc/visitor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "io/socket/channel-socket.hpp"
#include "tests/support/websock-client.hpp"

namespace qio::test {

namespace {

std::shared_ptr<const TlsCredentials> make(tls::Endpoint endpoint, const Certificate* own,
                                           const Certificate& authority,
                                           tls::VerifyPeer verify) {
    return std::shared_ptr<const TlsCredentials>(
        new TestCredentials(TestCredentials::x509(endpoint, own, authority, verify)));
}

sockaddr_in loopback(const char* host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(std::uint16_t(port));
    inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

} // namespace

std::shared_ptr<const TlsCredentials> Certified::server(tls::VerifyPeer verify) const {
    return make(tls::Endpoint::server, &authority.server, authority.ca, verify);
}

std::shared_ptr<const TlsCredentials> Certified::client() const {
    return make(tls::Endpoint::client, &authority.client, authority.ca,
                tls::VerifyPeer::yes);
}

std::shared_ptr<const TlsCredentials> Certified::stranger() const {
    return make(tls::Endpoint::client, nullptr, authority.ca, tls::VerifyPeer::yes);
}

std::shared_ptr<ChannelTls> put_tls(std::shared_ptr<Channel> channel,
                                    const TlsCredentials& credentials) {
    if (!channel)
        return nullptr;
    const auto tls =
        ChannelTls::client(std::move(channel), credentials, {.server_name = "localhost"});
    std::optional<bool> is_open;
    (*tls)->handshake({},
                      [&](const Result<void>& result) { is_open = result.has_value(); });
    run_until([&] { return is_open.has_value(); });
    return is_open.value_or(false) ? *tls : nullptr;
}

std::shared_ptr<Channel> visit(World& world, const SocketAddress& address, By way,
                               const TlsCredentials* credentials) {
    std::shared_ptr<Channel> channel = world.dial_socket(address);
    if (way == By::tls || way == By::wss)
        channel = put_tls(channel, *credentials);
    if (!channel || way == By::rfb || way == By::tls)
        return channel;
    if (!WebsockClient::shake_hands(*channel).starts_with("HTTP/1.1 101 "))
        return nullptr;
    return std::make_shared<WebsockClient>(channel);
}

std::string ask(World& world, const SocketAddress& address, std::string_view request,
                const TlsCredentials* credentials) {
    std::shared_ptr<Channel> channel = world.dial_socket(address);
    if (credentials != nullptr)
        channel = put_tls(channel, *credentials);
    if (!channel)
        return {};
    RfbClient client(channel);
    client.send(as_bytes(request));
    return std::string(as_text(client.take_to_end()));
}

std::shared_ptr<Channel> dial_from(const char* own, const SocketAddress& address) {
    const auto& inet = std::get<InetAddress>(address);
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto from = loopback(own, 0);
    const auto to = loopback(inet.host.c_str(), std::stoi(inet.port));
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) < 0 ||
        connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
        return nullptr;
    auto channel = ChannelSocket::from_fd(std::move(fd));
    if (!channel || !(*channel)->set_blocking(Blocking::no))
        return nullptr;
    return *channel;
}

} // namespace qio::test
