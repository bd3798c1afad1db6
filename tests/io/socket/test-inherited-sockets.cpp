// Sockets inherited from a service manager: the variables, and the descriptors.
#include "io/socket/inherited-sockets.hpp"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/socket/channel-socket.hpp"
#include "io/socket/listen-environment.hpp"
#include "tests/support/descriptors.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using Text = std::optional<std::string>;
using Names = std::vector<std::string>;

void the_variables_name_the_descriptors(void**) {
    struct Case {
        ListenEnvironment environment;
        Names names;
    };
    const Case cases[] = {
        {{}, {}},
        {{.pid = "42"}, {}},
        {{.fds = "1"}, {}},
        {{.pid = "43", .fds = "nonsense", .names = "a:b"}, {}},
        {{.pid = "42", .fds = "0"}, {}},
        {{.pid = "42", .fds = "1"}, {"unknown"}},
        {{.pid = "42", .fds = "2"}, {"unknown", "unknown"}},
        {{.pid = "42", .fds = "2", .names = "vnc:web"}, {"vnc", "web"}},
        {{.pid = "42", .fds = "1", .names = ""}, {""}},
        {{.pid = "42", .fds = "3", .names = "a::c"}, {"a", "", "c"}},
        {{.pid = "42", .fds = "10"}, Names(10, "unknown")},
    };
    for (auto& [environment, names] : cases)
        assert_true(*names_of_listen_fds(environment, 42, 10) == names);
}

void variables_that_make_no_sense_are_refused(void**) {
    const ListenEnvironment cases[] = {
        {.pid = "", .fds = "1"},
        {.pid = "x", .fds = "1"},
        {.pid = "0", .fds = "1"},
        {.pid = "-42", .fds = "1"},
        {.pid = "42 ", .fds = "1"},
        {.pid = "42", .fds = ""},
        {.pid = "42", .fds = "-1"},
        {.pid = "42", .fds = "1x"},
        {.pid = "42", .fds = "11"},
        {.pid = "42", .fds = "99999999999999999999"},
        {.pid = "42", .fds = "2", .names = "one"},
        {.pid = "42", .fds = "1", .names = "one:two"},
    };
    for (auto& environment : cases)
        assert_true(names_of_listen_fds(environment, 42, 10).error().kind ==
                    ErrorKind::invalid_argument);
}

/// In a process of its own, whose descriptors from 3 on are as it says. 0 = all is well.
template <class Function>
int in_child(Function function) {
    const pid_t child = fork();
    if (child == 0)
        _exit(function());
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

void announce(const char* fds, const char* names) {
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    setenv("LISTEN_FDS", fds, 1);
    setenv("LISTEN_FDNAMES", names, 1);
}

bool is_announced() {
    return getenv("LISTEN_PID") || getenv("LISTEN_FDS") || getenv("LISTEN_FDNAMES");
}

/// Descriptors 3 and 4 are listening sockets without close-on-exec, 5 is closed.
bool prepare_descriptors() {
    auto first = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    auto second = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 5);
    const UniqueFd one(fcntl(first->fd(), F_DUPFD, 10));
    const UniqueFd two(fcntl(second->fd(), F_DUPFD, 10));
    (void)first->close();
    (void)second->close();
    ::close(5);
    return dup2(one.get(), 3) == 3 && dup2(two.get(), 4) == 4 && !is_close_on_exec(3);
}

int takes_two() {
    if (!prepare_descriptors())
        return 1;
    announce("2", "vnc:web");
    auto sockets = listen_fds_from_environment();
    if (!sockets || sockets->size() != 2 || is_announced())
        return 2;
    if ((*sockets)[0].name != "vnc" || (*sockets)[1].fd.get() != 4)
        return 3;
    if (!is_close_on_exec(3) || !is_close_on_exec(4))
        return 4;
    const auto channel = ChannelSocket::from_fd(std::move((*sockets)[0].fd));
    if (!channel || !(*channel)->has_feature(Feature::listen))
        return 5;
    // Once taken, they are not there a second time.
    const auto again = listen_fds_from_environment();
    return again && again->empty() ? 0 : 6;
}

int refuses_what_is_closed() {
    if (!prepare_descriptors())
        return 1;
    announce("3", "a:b:c");
    const auto sockets = listen_fds_from_environment();
    if (sockets || sockets.error().kind != ErrorKind::invalid_argument)
        return 2;
    return is_open(3) && is_open(4) && !is_announced() ? 0 : 3;
}

int leaves_those_of_others() {
    if (!prepare_descriptors())
        return 1;
    announce("2", "vnc:web");
    setenv("LISTEN_PID", "1", 1);
    const auto sockets = listen_fds_from_environment();
    return sockets && sockets->empty() && is_open(3) && !is_announced() ? 0 : 2;
}

void the_descriptors_are_taken_once(void**) {
    assert_int_equal(in_child(takes_two), 0);
}

void a_descriptor_that_is_not_open_is_refused(void**) {
    assert_int_equal(in_child(refuses_what_is_closed), 0);
}

void those_of_another_process_are_left_alone(void**) {
    assert_int_equal(in_child(leaves_those_of_others), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_variables_name_the_descriptors),
        cmocka_unit_test(variables_that_make_no_sense_are_refused),
        cmocka_unit_test(the_descriptors_are_taken_once),
        cmocka_unit_test(a_descriptor_that_is_not_open_is_refused),
        cmocka_unit_test(those_of_another_process_are_left_alone),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
