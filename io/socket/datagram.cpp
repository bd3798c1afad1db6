// Opening a datagram socket between two addresses.

#include "io/core/thread-pool.hpp"
#include "io/socket/channel-socket.hpp"
#include "io/socket/resolver.hpp"
#include "io/socket/socket-ops.hpp"

namespace qio {

namespace {

Result<SockAddr> remote_of(InetAddress remote) {
    if (remote.port.empty() || remote.port == "0")
        return Error{ErrorKind::invalid_argument, 0,
                     "datagrams go to a port; the remote address has none"};
    if (remote.host.empty())
        remote.host = "localhost";
    return QIO_TRY(resolve_passive(remote)).front();
}

/// The local end is of the remote one's family.
Result<SockAddr> local_of(InetAddress local, sa_family_t family) {
    local.ipv4 = family == AF_INET;
    local.ipv6 = family == AF_INET6;
    return QIO_TRY(resolve_passive(local)).front();
}

} // namespace

Result<std::shared_ptr<ChannelSocket>>
ChannelSocket::datagram(const InetAddress& local, const InetAddress& remote) {
    auto target = remote_of(remote);
    if (!target)
        return std::move(target).error().with_context(to_string(remote));
    const auto family = target->storage.ss_family;
    auto source = local_of(local, family);
    if (!source)
        return std::move(source).error().with_context(to_string(local));
    UniqueFd fd = QIO_TRY(socket_ops::new_socket(*target, SOCK_DGRAM));
    if (auto bound = socket_ops::bind_to(fd.get(), *source); !bound)
        return std::move(bound).error().with_context(to_string(local));
    if (auto connected = socket_ops::start_connect(fd.get(), *target); !connected)
        return std::move(connected).error().with_context(to_string(remote));
    return make(std::move(fd), {.family = family, .type = SOCK_DGRAM}, *target);
}

void ChannelSocket::datagram(const InetAddress& local, const InetAddress& remote,
                             const OperationOptions& options,
                             Completion<std::shared_ptr<ChannelSocket>> completion) {
    run_in_thread<std::shared_ptr<ChannelSocket>>(
        options, [local, remote](std::stop_token) { return datagram(local, remote); },
        std::move(completion));
}

} // namespace qio
