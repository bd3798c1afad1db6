// Reads the files that credentials are made of, whole and within limits.
#include "io/tls/credential-file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "io/base/unique-fd.hpp"

namespace qio::tls {

namespace {

/// Fills `bytes` as far as the file goes.
Result<std::size_t> read_all(int fd, Secret& bytes, const std::string& path) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto count = read(fd, bytes.data() + filled, bytes.size() - filled);
        if (count == 0)
            break;
        if (count > 0)
            filled += std::size_t(count);
        else if (errno != EINTR)
            return Error::from_errno(errno, "cannot read '" + path + "'");
    }
    return filled;
}

} // namespace

Result<std::optional<FileContents>> read_file(const std::string& path,
                                              std::size_t max_bytes) {
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd && errno == ENOENT)
        return std::nullopt;
    FileContents contents{};
    if (!fd || fstat(fd.get(), &contents.status) != 0)
        return Error::from_errno(errno, "cannot open '" + path + "'");
    if (!S_ISREG(contents.status.st_mode))
        return Error{ErrorKind::invalid_argument, 0, "'" + path + "' is no regular file"};
    const auto size = std::uintmax_t(contents.status.st_size);
    if (size > max_bytes)
        return Error{ErrorKind::limit, 0,
                     "'" + path + "' has more than " + std::to_string(max_bytes) +
                         " bytes"};
    contents.bytes = Secret(std::size_t(size));
    if (QIO_TRY(read_all(fd.get(), contents.bytes, path)) != size)
        return Error{ErrorKind::io, 0, "'" + path + "' shrank while it was read"};
    return contents;
}

Result<Secret> read_required_file(const std::string& path, std::size_t max_bytes) {
    auto contents = QIO_TRY(read_file(path, max_bytes));
    if (!contents)
        return Error::from_errno(ENOENT, "cannot open '" + path + "'");
    return std::move(contents->bytes);
}

Result<void> check_directory(const std::string& directory) {
    struct stat status{};
    if (stat(directory.c_str(), &status) != 0)
        return Error::from_errno(errno, "credentials directory '" + directory + "'");
    if (!S_ISDIR(status.st_mode))
        return Error{ErrorKind::invalid_argument, 0,
                     "credentials directory '" + directory + "' is no directory"};
    return {};
}

std::string path_in(const std::string& directory, const std::string& name) {
    return directory + "/" + name;
}

} // namespace qio::tls
