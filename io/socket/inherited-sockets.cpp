// Listening sockets that the service manager opened for this program.
#include "io/socket/inherited-sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "io/base/split.hpp"
#include "io/socket/listen-environment.hpp"

namespace qio {

namespace {

constexpr int first_fd = 3;

Error bad(std::string_view problem) {
    return {ErrorKind::invalid_argument, 0, "inherited sockets: " + std::string(problem)};
}

std::optional<long> number_of(std::string_view text) {
    long number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || stop != end)
        return std::nullopt;
    return number;
}

std::optional<std::string> take_variable(const char* name) {
    const char* value = std::getenv(name);
    std::optional<std::string> copy;
    if (value != nullptr)
        copy = value;
    ::unsetenv(name);
    return copy;
}

} // namespace

Result<std::vector<std::string>> names_of_listen_fds(const ListenEnvironment& environment,
                                                     pid_t own, std::size_t limit) {
    if (!environment.pid || !environment.fds)
        return std::vector<std::string>();
    const auto pid = number_of(*environment.pid);
    if (!pid || *pid <= 0)
        return bad("LISTEN_PID is not the number of a process");
    if (*pid != own)
        return std::vector<std::string>();
    const auto count = number_of(*environment.fds);
    if (!count || *count < 0)
        return bad("LISTEN_FDS is not a number of descriptors");
    if (std::size_t(*count) > limit)
        return bad("LISTEN_FDS is more than a process can have open");
    if (!environment.names)
        return std::vector<std::string>(std::size_t(*count), "unknown");
    const auto parts = split(*environment.names, ':');
    std::vector<std::string> names(parts.begin(), parts.end());
    if (names.size() != std::size_t(*count))
        return bad("LISTEN_FDNAMES has another number of names than LISTEN_FDS says");
    return names;
}

Result<std::vector<InheritedSocket>> listen_fds_from_environment() {
    const ListenEnvironment environment{take_variable("LISTEN_PID"),
                                        take_variable("LISTEN_FDS"),
                                        take_variable("LISTEN_FDNAMES")};
    const auto limit = std::size_t(std::max(::sysconf(_SC_OPEN_MAX), 0L));
    const auto names = QIO_TRY(names_of_listen_fds(environment, ::getpid(), limit));
    for (std::size_t i = 0; i < names.size(); ++i)
        if (fcntl(first_fd + int(i), F_SETFD, FD_CLOEXEC) < 0)
            return Error::from_errno(errno, "inherited sockets: descriptor " +
                                                std::to_string(first_fd + int(i)));
    std::vector<InheritedSocket> sockets;
    for (auto& name : names)
        sockets.emplace_back(UniqueFd(first_fd + int(sockets.size())), name);
    return sockets;
}

} // namespace qio
