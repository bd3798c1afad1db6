// A channel for a descriptor of whatever kind.
#include "io/util/channel-from-fd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "io/plain/channel-file.hpp"
#include "io/socket/channel-socket.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

enum class Kind : std::uint8_t { socket, file };

Kind kind_of(const Channel& channel) {
    return dynamic_cast<const ChannelSocket*>(&channel) ? Kind::socket : Kind::file;
}

UniqueFd new_socket(int family, int type) {
    return UniqueFd(socket(family, type | SOCK_CLOEXEC, 0));
}

UniqueFd new_pipe_end() {
    std::array<int, 2> ends{-1, -1};
    (void)!pipe2(ends.data(), O_CLOEXEC);
    const UniqueFd other(ends[1]);
    return UniqueFd(ends[0]);
}

void every_kind_of_descriptor_gets_its_channel(void**) {
    struct Case {
        UniqueFd fd;
        Kind kind;
    };
    Case cases[] = {
        {new_socket(AF_UNIX, SOCK_STREAM), Kind::socket},
        {new_socket(AF_INET, SOCK_STREAM), Kind::socket},
        {new_socket(AF_INET, SOCK_DGRAM), Kind::socket},
        {UniqueFd(open("/proc/self/exe", O_RDONLY | O_CLOEXEC)), Kind::file},
        {UniqueFd(open("/dev/null", O_RDWR | O_CLOEXEC)), Kind::file},
        {new_pipe_end(), Kind::file},
    };
    for (auto& [fd, kind] : cases) {
        const auto channel = channel_from_fd(std::move(fd));
        assert_true(channel.has_value());
        assert_false(bool(fd));
        assert_int_equal(int(kind_of(**channel)), int(kind));
    }
}

void a_unix_socket_can_pass_descriptors(void**) {
    const auto channel = channel_from_fd(new_socket(AF_UNIX, SOCK_STREAM));
    assert_true((*channel)->has_feature(Feature::fd_pass));
}

void the_mode_stays_as_it_is(void**) {
    for (const int mode : {0, int(SOCK_NONBLOCK)}) {
        UniqueFd fd = new_socket(AF_UNIX, SOCK_STREAM | mode);
        const int number = fd.get();
        const auto channel = channel_from_fd(std::move(fd));
        assert_int_equal((fcntl(number, F_GETFL) & O_NONBLOCK) != 0, mode != 0);
    }
}

void what_is_no_descriptor_is_refused_and_kept(void**) {
    UniqueFd none;
    const auto channel = channel_from_fd(std::move(none));
    assert_false(channel.has_value());
    assert_int_equal(int(channel.error().kind), int(ErrorKind::invalid_argument));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_descriptor_gets_its_channel),
        cmocka_unit_test(a_unix_socket_can_pass_descriptors),
        cmocka_unit_test(the_mode_stays_as_it_is),
        cmocka_unit_test(what_is_no_descriptor_is_refused_and_kept),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
