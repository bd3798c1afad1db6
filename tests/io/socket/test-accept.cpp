// What an accept that fails means for the listener.
#include <cerrno>
#include <fcntl.h>

#include <vector>

#include "io/socket/socket-ops.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

std::vector<int> outcomes; // an errno each; 0 = a connection
std::size_t next_outcome = 0;
int last_flags = 0;

int fake_accept(int, sockaddr*, socklen_t* length, int flags) {
    last_flags = flags;
    *length = 0;
    errno = outcomes[next_outcome++];
    return errno == 0 ? fcntl(0, F_DUPFD_CLOEXEC, 0) : -1;
}

Result<std::optional<UniqueFd>> accept_with(std::vector<int> list) {
    outcomes = std::move(list);
    next_outcome = 0;
    SockAddr peer;
    return socket_ops::accept(-1, peer, &fake_accept);
}

// IO-24: interrupted or aborted, the next one is tried; IO-27: close-on-exec.
void what_concerns_one_connection_is_passed_over(void**) {
    for (const auto& list :
         {std::vector{0}, std::vector{EINTR, 0}, std::vector{ECONNABORTED, 0},
          std::vector{EPROTO, 0}, std::vector{EINTR, ECONNABORTED, EINTR, EPROTO, 0}}) {
        const auto client = accept_with(list);
        assert_true(client.has_value() && *client);
        assert_int_equal(next_outcome, list.size());
        assert_int_equal(last_flags, SOCK_CLOEXEC | SOCK_NONBLOCK);
    }
    for (const auto& list : {std::vector{EAGAIN}, std::vector{ECONNABORTED, EAGAIN}}) {
        const auto nobody = accept_with(list);
        assert_true(nobody.has_value() && !*nobody);
    }
}

// IO-24, TRAP-09.
void what_concerns_the_process_is_an_error_with_its_errno(void**) {
    const std::pair<int, ErrorKind> cases[] = {
        {EMFILE, ErrorKind::exhausted},        {ENFILE, ErrorKind::exhausted},
        {ENOMEM, ErrorKind::exhausted},        {ENOBUFS, ErrorKind::exhausted},
        {EBADF, ErrorKind::invalid_argument},  {EINVAL, ErrorKind::invalid_argument},
        {EPERM, ErrorKind::permission_denied},
    };
    for (auto& [problem, kind] : cases) {
        const auto failed = accept_with({EINTR, problem});
        assert_true(failed.error().kind == kind);
        assert_int_equal(failed.error().os_errno, problem);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_concerns_one_connection_is_passed_over),
        cmocka_unit_test(what_concerns_the_process_is_an_error_with_its_errno),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
