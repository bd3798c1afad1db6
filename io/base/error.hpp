// The error type and the result type that every fallible function returns.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "io/base/api.hpp"

namespace qio {

/// What a caller can decide on without reading the message.
enum class ErrorKind : std::uint8_t {
    invalid_argument,  ///< the caller's own argument cannot be used
    not_supported,     ///< this class of channel or this system has no such operation
    permission_denied, ///< the system or a policy refuses
    not_found,         ///< no such host, path or object
    address_in_use,    ///< another listener has the address
    refused,           ///< nobody listens there, or the network does not reach it
    closed,            ///< the channel was closed on our side
    disconnected,      ///< the peer left, or the stream ended in the middle of something
    timed_out,         ///< the deadline passed
    cancelled,         ///< the operation was cancelled, or its channel was destroyed
    protocol,          ///< the peer broke the protocol
    limit,             ///< a named limit was exceeded
    exhausted,         ///< out of descriptors, memory or buffers
    io,                ///< any other failure of the system
};

/// The kind's name, for messages and logs ("timed out").
QIO_API std::string_view to_string(ErrorKind kind);

/// Why something failed. Copyable; comparing kinds is the machine's way, the message a
/// person's.
struct Error {
    ErrorKind kind = ErrorKind::io;
    int os_errno = 0; ///< the errno behind it, 0 if none
    std::string message;

    /// The error for an errno value: kind chosen from it, message "WHAT: strerror".
    QIO_API static Error from_errno(int os_errno, std::string_view what);

    /// The same error with "CONTEXT: " in front of its message.
    QIO_API Error with_context(std::string_view context) &&;
};

/// A value or an Error. Would-block and end of stream are values, never errors.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
    Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
};

namespace detail {

/// The value of a result that has one. A function, so that its value may go unused.
template <class T>
T take_value(Result<T>&& result) {
    return *std::move(result);
}
inline void take_value(Result<void>&&) {}

} // namespace detail

} // namespace qio

/// Gives the value of a Result, or returns its error from the enclosing function.
#define QIO_TRY(expression)                                                              \
    __extension__({                                                                      \
        auto qio_try_result = (expression);                                              \
        if (!qio_try_result)                                                             \
            return std::move(qio_try_result).error();                                    \
        ::qio::detail::take_value(std::move(qio_try_result));                            \
    })
