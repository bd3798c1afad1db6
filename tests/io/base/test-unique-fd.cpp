// Descriptor ownership: closed once, moved, released.
#include "io/base/unique-fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

int some_fd() {
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void closes_when_it_goes(void**) {
    int number = -1;
    {
        UniqueFd fd(some_fd());
        number = fd.get();
        assert_true(is_open(number));
    }
    assert_false(is_open(number));
}

void moves_and_releases(void**) {
    UniqueFd first(some_fd());
    const int number = first.get();
    UniqueFd second(std::move(first));
    assert_int_equal(first.get(), -1);
    assert_int_equal(second.get(), number);
    assert_int_equal(second.release(), number);
    assert_true(is_open(number));
    close(number);
}

void keeps_errno(void**) {
    errno = EAGAIN;
    UniqueFd(some_fd()).reset();
    assert_int_equal(errno, EAGAIN);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(closes_when_it_goes),
        cmocka_unit_test(moves_and_releases),
        cmocka_unit_test(keeps_errno),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
