// Other programs, which run no longer than the benchmark.
#include "tests/bench/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include <glib.h>

#include "io/base/handle.hpp"

namespace qio::bench {

namespace {

constexpr int patience = 60000; // milliseconds; browsers start slowly

/// In the child: nothing but calls that are safe there.
[[noreturn]] void become(char* const* arguments, const Surroundings& around) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_thread(around.place);
    setpgid(0, 0);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(around.output >= 0 ? around.output : null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    if (around.kept >= 0)
        fcntl(around.kept, F_SETFD, 0);
    execvp(arguments[0], arguments);
    _exit(127);
}

} // namespace

bool is_installed(const char* program) {
    return Handle<char, g_free>(g_find_program_in_path(program)) != nullptr;
}

pid_t start_program(const std::vector<std::string>& command, const Surroundings& around) {
    std::vector<char*> arguments;
    for (const auto& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const pid_t pid = fork();
    if (pid < 0)
        give_up("cannot start " + command.front());
    if (pid == 0)
        become(arguments.data(), around);
    return pid;
}

Program::Program(const std::vector<std::string>& command, UniqueFd kept)
    : name_(command.front()) {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        give_up("no pipe");
    output_ = UniqueFd(ends[0]);
    const UniqueFd theirs(ends[1]);
    pid_ = start_program(command, {.output = theirs.get(), .kept = kept.get()});
}

Program::~Program() {
    kill(pid_, SIGTERM);
    // Who does not listen to that ends when the pipe says that nobody waits any longer.
    pollfd ended{output_.get(), 0, 0};
    if (poll(&ended, 1, patience / 10) != 1)
        kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

std::string Program::line() {
    for (std::size_t end = 0; (end = read_.find('\n')) == std::string::npos;) {
        std::array<char, 1024> part;
        pollfd readable{output_.get(), POLLIN, 0};
        const auto got = poll(&readable, 1, patience) == 1
                             ? read(output_.get(), part.data(), part.size())
                             : 0;
        if (got <= 0)
            return {};
        read_.append(part.data(), std::size_t(got));
    }
    const auto end = read_.find('\n');
    auto line = read_.substr(0, end);
    read_.erase(0, end + 1);
    return line;
}

std::string Program::first_line() {
    auto text = line();
    if (text.empty())
        give_up(name_ + " does not start; run it by hand to see why");
    return text;
}

} // namespace qio::bench
