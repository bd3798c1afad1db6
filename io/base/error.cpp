// Names of error kinds, and errors made from errno.
#include "io/base/error.hpp"

#include <cerrno>
#include <system_error>

namespace qio {

namespace {

ErrorKind kind_of_errno(int os_errno) {
    switch (os_errno) {
    case EINVAL:
    case EBADF:
    case ENAMETOOLONG:
    case ENOTSOCK:
        return ErrorKind::invalid_argument;
    case EOPNOTSUPP:
    case ENOPROTOOPT:
    case ENOSYS:
    case ESOCKTNOSUPPORT:
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
        return ErrorKind::not_supported;
    case EACCES:
    case EPERM:
        return ErrorKind::permission_denied;
    case ENOENT:
    case ENOTDIR:
    case EADDRNOTAVAIL:
        return ErrorKind::not_found;
    case EADDRINUSE:
        return ErrorKind::address_in_use;
    case ECONNREFUSED:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
        return ErrorKind::refused;
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
        return ErrorKind::disconnected;
    case ETIMEDOUT:
        return ErrorKind::timed_out;
    case ECANCELED:
        return ErrorKind::cancelled;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case ETOOMANYREFS:
        return ErrorKind::exhausted;
    case EMSGSIZE:
        return ErrorKind::limit;
    case EPROTO:
        return ErrorKind::protocol;
    default:
        return ErrorKind::io;
    }
}

} // namespace

std::string_view to_string(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::invalid_argument:
        return "invalid argument";
    case ErrorKind::not_supported:
        return "not supported";
    case ErrorKind::permission_denied:
        return "permission denied";
    case ErrorKind::not_found:
        return "not found";
    case ErrorKind::address_in_use:
        return "address in use";
    case ErrorKind::refused:
        return "refused";
    case ErrorKind::closed:
        return "closed";
    case ErrorKind::disconnected:
        return "disconnected";
    case ErrorKind::timed_out:
        return "timed out";
    case ErrorKind::cancelled:
        return "cancelled";
    case ErrorKind::protocol:
        return "protocol error";
    case ErrorKind::limit:
        return "limit exceeded";
    case ErrorKind::exhausted:
        return "out of resources";
    case ErrorKind::io:
        return "input/output error";
    }
    std::unreachable();
}

Error Error::from_errno(int os_errno, std::string_view what) {
    std::string message(what);
    message += ": ";
    message += std::generic_category().message(os_errno);
    return Error{kind_of_errno(os_errno), os_errno, std::move(message)};
}

Error Error::with_context(std::string_view context) && {
    message.insert(0, ": ");
    message.insert(0, context);
    return std::move(*this);
}

} // namespace qio
