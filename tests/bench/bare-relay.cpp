// The least that a relay can cost: bytes are received and sent, by a thread for each way.
//
//   bare-relay PORT TARGET
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "tests/bench/harness.hpp"
#include "tests/bench/loopback.hpp"

using namespace qio;
using namespace qio::bench;

namespace {

constexpr std::size_t buffer_size = 128 * 1024;

struct Pair {
    UniqueFd client, target;
};

void carry(int from, int to) {
    const auto buffer = std::make_unique<char[]>(buffer_size);
    for (ssize_t count = 0; (count = recv(from, buffer.get(), buffer_size, 0)) > 0;)
        for (ssize_t done = 0, step = 0; done < count; done += step)
            if ((step = send(to, buffer.get() + done, std::size_t(count - done),
                             MSG_NOSIGNAL)) <= 0)
                return;
    shutdown(to, SHUT_WR);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3)
        give_up("bare-relay PORT TARGET");
    const auto listener = listen_on_loopback(std::uint16_t(std::stoul(argv[1])));
    for (;;) {
        auto client = accept_from(listener);
        auto target = connect_to_loopback(std::uint16_t(std::stoul(argv[2])));
        const auto pair =
            std::make_shared<const Pair>(std::move(client), std::move(target));
        std::thread([pair] { carry(pair->client.get(), pair->target.get()); }).detach();
        std::thread([pair] { carry(pair->target.get(), pair->client.get()); }).detach();
    }
}
