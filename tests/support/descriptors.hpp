// What a test wants to know about this process's file descriptors.
#pragma once

#include <fcntl.h>

#include <filesystem>
#include <iterator>

namespace qio::test {

/// How many descriptors are open.
inline int open_descriptors() {
    const std::filesystem::directory_iterator list("/proc/self/fd");
    return int(std::distance(begin(list), end(list))) - 1; // the list itself is one
}

inline bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

inline bool is_close_on_exec(int fd) {
    return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

} // namespace qio::test
