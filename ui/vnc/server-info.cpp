// What a server tells about itself.
#include "ui/vnc/server-info.hpp"

namespace qio::vnc {

Endpoint endpoint_of(const std::optional<SocketAddress>& address) {
    if (!address)
        return {"", "", "unknown"};
    if (const auto* inet = std::get_if<InetAddress>(&*address))
        return {inet->host, inet->port, inet->host.contains(':') ? "ipv6" : "ipv4"};
    if (const auto* name = std::get_if<UnixAddress>(&*address))
        return {"", (name->is_abstract ? "@" : "") + name->path, "unix"};
    if (const auto* vsock = std::get_if<VsockAddress>(&*address))
        return {std::to_string(vsock->cid), std::to_string(vsock->port), "vsock"};
    return {"", "", "unknown"};
}

} // namespace qio::vnc
