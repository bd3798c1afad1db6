// Errors of GIO as ours, and ours as GIO's.
#include "io/gio/gio-error.hpp"

namespace qio {

namespace {

GIOErrorEnum code_of(const Error& error) {
    switch (error.kind) {
    case ErrorKind::invalid_argument:
        return G_IO_ERROR_INVALID_ARGUMENT;
    case ErrorKind::not_supported:
        return G_IO_ERROR_NOT_SUPPORTED;
    case ErrorKind::permission_denied:
        return G_IO_ERROR_PERMISSION_DENIED;
    case ErrorKind::not_found:
        return G_IO_ERROR_NOT_FOUND;
    case ErrorKind::address_in_use:
        return G_IO_ERROR_ADDRESS_IN_USE;
    case ErrorKind::refused:
        return G_IO_ERROR_CONNECTION_REFUSED;
    case ErrorKind::closed:
        return G_IO_ERROR_CLOSED;
    case ErrorKind::disconnected:
        return G_IO_ERROR_CONNECTION_CLOSED;
    case ErrorKind::timed_out:
        return G_IO_ERROR_TIMED_OUT;
    case ErrorKind::cancelled:
        return G_IO_ERROR_CANCELLED;
    case ErrorKind::protocol:
        return G_IO_ERROR_INVALID_DATA;
    case ErrorKind::limit:
        return G_IO_ERROR_MESSAGE_TOO_LARGE;
    case ErrorKind::exhausted:
        return G_IO_ERROR_TOO_MANY_OPEN_FILES;
    case ErrorKind::io:
        return error.os_errno != 0 ? g_io_error_from_errno(error.os_errno)
                                   : G_IO_ERROR_FAILED;
    }
    std::unreachable();
}

ErrorKind kind_of_code(int code) {
    switch (code) {
    case G_IO_ERROR_INVALID_ARGUMENT:
    case G_IO_ERROR_INVALID_FILENAME:
        return ErrorKind::invalid_argument;
    case G_IO_ERROR_NOT_SUPPORTED:
        return ErrorKind::not_supported;
    case G_IO_ERROR_PERMISSION_DENIED:
        return ErrorKind::permission_denied;
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_HOST_NOT_FOUND:
        return ErrorKind::not_found;
    case G_IO_ERROR_ADDRESS_IN_USE:
        return ErrorKind::address_in_use;
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
        return ErrorKind::refused;
    case G_IO_ERROR_CLOSED:
        return ErrorKind::closed;
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_NOT_CONNECTED:
    case G_IO_ERROR_PARTIAL_INPUT:
        return ErrorKind::disconnected;
    case G_IO_ERROR_TIMED_OUT:
        return ErrorKind::timed_out;
    case G_IO_ERROR_CANCELLED:
        return ErrorKind::cancelled;
    case G_IO_ERROR_INVALID_DATA:
        return ErrorKind::protocol;
    case G_IO_ERROR_MESSAGE_TOO_LARGE:
        return ErrorKind::limit;
    case G_IO_ERROR_TOO_MANY_OPEN_FILES:
        return ErrorKind::exhausted;
    default:
        return ErrorKind::io;
    }
}

ErrorKind kind_of(const GError& error) {
    if (error.domain == G_IO_ERROR)
        return kind_of_code(error.code);
    if (error.domain == G_RESOLVER_ERROR)
        return error.code == G_RESOLVER_ERROR_NOT_FOUND ? ErrorKind::not_found
                                                        : ErrorKind::io;
    if (error.domain == G_TLS_ERROR)
        return error.code == G_TLS_ERROR_EOF ? ErrorKind::disconnected
                                             : ErrorKind::protocol;
    return ErrorKind::io;
}

} // namespace

GErrorRef to_gerror(const Error& error) {
    return GErrorRef(
        g_error_new_literal(G_IO_ERROR, code_of(error), error.message.c_str()));
}

void set_gerror(GError** target, const Error& error) {
    g_propagate_error(target, to_gerror(error).release());
}

Error from_gerror(const GError& error) {
    return {kind_of(error), 0, error.message};
}

} // namespace qio
