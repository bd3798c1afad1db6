// internal: passwords that programs read from files.
#pragma once

#include <cstddef>
#include <string>

#include "io/base/error.hpp"

namespace qio {

inline constexpr std::size_t max_password_bytes = 4096;

/// The first line of a file, without its end ("\n" or "\r\n").
/// Errors: not_found if it cannot be read; invalid_argument if that line is empty, or has
/// more than max_password_bytes. They name the file, and what to do.
Result<std::string> read_password_file(const std::string& path);

} // namespace qio
