// What an InetAddress asks of its sockets beyond the address.
#include "io/socket/tcp-options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace qio::socket_ops {

namespace {

struct Parameter {
    int option;
    std::uint32_t value;
    const char* range;
};

Result<void> set_parameter(int fd, const Parameter& parameter) {
    if (parameter.value == 0)
        return {};
    const int value = int(std::min<std::uint32_t>(parameter.value, INT_MAX));
    if (setsockopt(fd, IPPROTO_TCP, parameter.option, &value, sizeof value) == 0)
        return {};
    if (errno == EINVAL)
        return Error{ErrorKind::invalid_argument, EINVAL, parameter.range};
    return Error::from_errno(errno, "set keep-alive");
}

} // namespace

int protocol_of(const InetAddress& address) {
    return address.mptcp ? IPPROTO_MPTCP : 0;
}

Result<void> set_keep_alive(int fd, const InetAddress& address) {
    if (!address.keep_alive)
        return {};
    const int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) < 0)
        return Error::from_errno(errno, "set keep-alive");
    for (const Parameter& parameter :
         {Parameter{TCP_KEEPCNT, address.keep_alive_count,
                    "keep-alive-count is a number from 1 to 127"},
          Parameter{TCP_KEEPIDLE, address.keep_alive_idle,
                    "keep-alive-idle is a number of seconds from 1 to 32767"},
          Parameter{TCP_KEEPINTVL, address.keep_alive_interval,
                    "keep-alive-interval is a number of seconds from 1 to 32767"}})
        QIO_TRY(set_parameter(fd, parameter));
    return {};
}

} // namespace qio::socket_ops
