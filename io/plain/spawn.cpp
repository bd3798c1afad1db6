// Starts a program with its standard streams on pipes.
#include "io/plain/spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace qio {

namespace {

struct Pipe {
    UniqueFd read, write;
};

/// A pipe whose descriptors are no standard streams, even if ours are closed.
Result<Pipe> make_pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) < 0)
        return Error::from_errno(errno, "pipe");
    Pipe pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
    for (UniqueFd* fd : {&pipe.read, &pipe.write}) {
        if (fd->get() > STDERR_FILENO)
            continue;
        UniqueFd higher(fcntl(fd->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
        if (!higher)
            return Error::from_errno(errno, "pipe");
        *fd = std::move(higher);
    }
    return pipe;
}

Result<UniqueFd> non_blocking(UniqueFd fd) {
    if (fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK) < 0)
        return Error::from_errno(errno, "F_SETFL");
    return fd;
}

/// What the child does between fork and exec, in order. Errors of single steps are those
/// of memory; the first one is kept.
class FileActions {
public:
    FileActions() { note(posix_spawn_file_actions_init(&actions_)); }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;

    void duplicate(int from, int to) {
        note(posix_spawn_file_actions_adddup2(&actions_, from, to));
    }
    void open_null(int fd, int flags) {
        note(posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", flags, 0));
    }
    void change_folder(const std::string& folder) {
        note(posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
    }
    void close_all_but_standard() {
        note(posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1));
    }

    int problem() const { return problem_; }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    void note(int result) {
        if (problem_ == 0)
            problem_ = result;
    }
    posix_spawn_file_actions_t actions_;
    int problem_ = 0;
};

/// No signal blocked, none ignored: what we do with ours is not the program's affair.
class Attributes {
public:
    Attributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_,
                                 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_;
};

std::vector<std::string>
merged_environment(const std::map<std::string, std::string>& additions) {
    std::vector<std::string> list;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!additions.contains(std::string(text.substr(0, text.find('=')))))
            list.emplace_back(text);
    }
    for (auto& [name, value] : additions)
        list.push_back(name + "=" + value);
    return list;
}

std::vector<char*> pointers_to(const std::vector<std::string>& list) {
    std::vector<char*> pointers;
    for (auto& text : list)
        pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

Result<void> check(const std::vector<std::string>& argv, const SpawnOptions& options) {
    if (argv.empty() || argv[0].empty())
        return Error{ErrorKind::invalid_argument, 0, "a command needs a name"};
    if (std::ranges::any_of(argv, has_nul) || has_nul(options.directory))
        return Error{ErrorKind::invalid_argument, 0, "a NUL byte in a command"};
    for (auto& [name, value] : options.environment)
        if (name.empty() || name.contains('=') || has_nul(name) || has_nul(value))
            return Error{ErrorKind::invalid_argument, 0,
                         "'" + name + "' cannot be set in an environment"};
    return {};
}

Result<void> connect_input(FileActions& actions, bool wanted, UniqueFd& ours,
                           UniqueFd& theirs) {
    if (!wanted) {
        actions.open_null(STDIN_FILENO, O_RDONLY);
        return {};
    }
    auto pipe = QIO_TRY(make_pipe());
    ours = QIO_TRY(non_blocking(std::move(pipe.write)));
    theirs = std::move(pipe.read);
    actions.duplicate(theirs.get(), STDIN_FILENO);
    return {};
}

Result<void> connect_output(FileActions& actions, int stream, bool wanted, UniqueFd& ours,
                            UniqueFd& theirs) {
    if (!wanted) {
        actions.open_null(stream, O_WRONLY);
        return {};
    }
    auto pipe = QIO_TRY(make_pipe());
    ours = QIO_TRY(non_blocking(std::move(pipe.read)));
    theirs = std::move(pipe.write);
    actions.duplicate(theirs.get(), stream);
    return {};
}

} // namespace

Result<Spawned> spawn_program(const std::vector<std::string>& argv,
                              const SpawnOptions& options) {
    QIO_TRY(check(argv, options));
    Spawned spawned;
    FileActions actions;
    UniqueFd input, output, error;
    QIO_TRY(connect_input(actions, options.direction != Direction::read,
                          spawned.standard_input, input));
    QIO_TRY(connect_output(actions, STDOUT_FILENO, options.direction != Direction::write,
                           spawned.standard_output, output));
    if (options.standard_error == StandardError::merged)
        actions.duplicate(STDOUT_FILENO, STDERR_FILENO);
    else if (options.standard_error != StandardError::inherit)
        QIO_TRY(connect_output(actions, STDERR_FILENO,
                               options.standard_error == StandardError::captured,
                               spawned.standard_error, error));
    if (!options.directory.empty())
        actions.change_folder(options.directory);
    actions.close_all_but_standard();

    const auto environment = merged_environment(options.environment);
    const auto arguments = pointers_to(argv);
    int problem = actions.problem();
    if (problem == 0)
        problem = ::posix_spawnp(&spawned.pid, argv[0].c_str(), actions.get(),
                                 Attributes().get(), arguments.data(),
                                 pointers_to(environment).data());
    if (problem != 0)
        return Error::from_errno(problem, "start '" + argv[0] + "'");
    return spawned;
}

} // namespace qio
