// internal: reads the files that credentials are made of, whole and within limits.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "io/base/error.hpp"
#include "io/tls/secret.hpp"

namespace qio::tls {

/// Bytes of a file of certificates, keys or revocation lists. The largest ones in use,
/// lists of a public authority, have some megabytes.
constexpr std::size_t max_pem_file = 16 << 20;

/// The contents of a file, and which one it was.
struct FileContents {
    Secret bytes;
    struct stat status;
};

/// Reads a regular file; empty if there is none. It never waits for a pipe or a device.
/// Errors: those of open and read; invalid_argument (no regular file); limit.
Result<std::optional<FileContents>> read_file(const std::string& path,
                                              std::size_t max_bytes);

/// The same for a file that has to be there.
/// Errors: not_found, too.
Result<Secret> read_required_file(const std::string& path, std::size_t max_bytes);

/// That credentials may be looked for there.
/// Errors: not_found, invalid_argument.
Result<void> check_directory(const std::string& directory);

/// DIRECTORY/NAME.
std::string path_in(const std::string& directory, const std::string& name);

} // namespace qio::tls
