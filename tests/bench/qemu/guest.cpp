// What guest.asm shows, as told over its serial port.
#include "tests/bench/qemu/guest.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

constexpr int patience = 60000; // milliseconds: it boots on software alone

} // namespace

Guest::Line Guest::make_line() {
    std::array<int, 2> ends;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        give_up("no sockets");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void Guest::take(unsigned char* to, std::size_t count) {
    while (count > 0) {
        pollfd readable{serial_.get(), POLLIN, 0};
        const auto got =
            poll(&readable, 1, patience) == 1 ? read(serial_.get(), to, count) : 0;
        if (got <= 0)
            give_up("the guest says nothing; is its machine there?");
        to += got;
        count -= std::size_t(got);
    }
}

void Guest::wait_until_ready() {
    unsigned char ready = 0;
    take(&ready, 1);
    if (ready != '!')
        give_up("another guest has been started");
}

std::uint32_t Guest::obey(Command command) {
    if (send(serial_.get(), &command, 1, MSG_NOSIGNAL) != 1)
        give_up("the guest has gone");
    std::array<unsigned char, 5> answer;
    take(answer.data(), answer.size());
    if (answer[0] != static_cast<unsigned char>(command))
        give_up("the guest answers another command");
    std::uint32_t frames = 0;
    for (std::size_t i = answer.size() - 1; i > 0; --i)
        frames = frames << 8 | answer[i];
    return frames;
}

} // namespace qio::bench
