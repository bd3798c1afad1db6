// Trace points: one line on standard error per event, switched on by category.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/base/api.hpp"

namespace qio::trace {

/// One bit each; the environment variable QIO_TRACE names those to print
/// ("websock,listener" or "all").
enum class Category : unsigned {
    core = 1u << 0,
    socket = 1u << 1,
    listener = 1u << 2,
    websock = 1u << 3,
    vnc = 1u << 4,
};

/// Whether the category is on. The variable is read once.
QIO_API bool enabled(Category category);

/// What the variable may name, for messages: "core, socket, … or all".
QIO_API std::string category_names();

/// The first part of a list as the variable takes it that names nothing; empty: all do.
QIO_API std::optional<std::string> find_unknown_category(std::string_view list);

/// Prints "qio CATEGORY EVENT DETAIL" as one line.
[[gnu::format(printf, 3, 4)]] QIO_API void emit(Category category, const char* event,
                                                const char* format, ...);

} // namespace qio::trace

/// QIO_TRACE(websock, handshake_failed, "ioc=%p", …): off, it costs one branch.
#define QIO_TRACE(category, event, ...)                                                  \
    do {                                                                                 \
        if (::qio::trace::enabled(::qio::trace::Category::category)) [[unlikely]]        \
            ::qio::trace::emit(::qio::trace::Category::category, #event, __VA_ARGS__);   \
    } while (false)
