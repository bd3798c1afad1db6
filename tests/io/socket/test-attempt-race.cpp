// Which address is tried when, and what is left of the others.
#include "io/socket/attempt-race.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <vector>

#include "io/socket/address-order.hpp"
#include "io/socket/socket-ops.hpp"
#include "tests/io/socket/connecting.hpp"
#include "tests/support/descriptors.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;

/// An address with a number to know it by: IPv4 for '4', IPv6 for '6'.
SockAddr address_of(char family, unsigned number) {
    SockAddr address;
    address.storage.ss_family = family == '4' ? AF_INET : AF_INET6;
    address.length = sizeof address.storage;
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = in_port_t(number);
    return address;
}

std::string families_of(const std::vector<SockAddr>& addresses) {
    std::string text;
    for (auto& address : addresses) {
        text += address.storage.ss_family == AF_INET ? '4' : '6';
        text +=
            char('a' + reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
    }
    return text;
}

void families_take_turns(void**) {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"4", "4a"},
        {"6", "6a"},
        {"44", "4a4b"},
        {"46", "4a6b"},
        {"64", "6a4b"},
        {"6644", "6a4c6b4d"},
        {"4466", "4a6c4b6d"},
        {"66664", "6a4e6b6c6d"},
        {"46666", "4a6b6c6d6e"},
        {"644464", "6a4b6e4c4d4f"},
    };
    for (auto& [families, expected] : cases) {
        std::vector<SockAddr> addresses;
        for (unsigned i = 0; i < families.size(); ++i)
            addresses.push_back(address_of(families[i], i));
        assert_string_equal(families_of(interleave_families(addresses)).c_str(),
                            expected.c_str());
    }
}

/// Where nobody answers: a listener with a full queue.
class Silent {
public:
    Silent() {
        for (int i = 0; i < 8; ++i)
            ChannelSocket::connect(*listener->local_address(), {},
                                   [queued = queued_](Connected made) {
                                       if (made)
                                           queued->push_back(*made);
                                   });
        drain();
    }
    SockAddr address() const { return *socket_ops::local_name(listener->fd()); }
    const std::shared_ptr<ChannelSocket> listener =
        *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 0);

private:
    using Channels = std::vector<std::shared_ptr<ChannelSocket>>;
    std::shared_ptr<Channels> queued_ = std::make_shared<Channels>();
};

struct Fixture {
    SockAddr listening() const { return *socket_ops::local_name(listener->fd()); }
    static SockAddr refusing() {
        const auto gone = *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 1);
        return *socket_ops::local_name(gone->fd());
    }

    Result<std::shared_ptr<ChannelSocket>> begin(const SockAddr& target) {
        ++attempts;
        auto fd = socket_ops::new_socket(target);
        if (!fd)
            return std::move(fd).error();
        if (auto started = socket_ops::start_connect(fd->get(), target); !started)
            return std::move(started).error();
        return ChannelSocket::from_fd(std::move(*fd));
    }

    void run(std::vector<SockAddr> addresses, milliseconds delay) {
        race = std::make_unique<AttemptRace>(
            std::move(addresses), nullptr,
            [this](const SockAddr& target) { return begin(target); },
            [this](Connected result) {
                outcome.recorder()(std::move(result));
                if (!keep_race)
                    race.reset(); // the callback may destroy it
            },
            AttemptRace::Rules{.attempt_delay = delay});
        race->run();
    }
    bool decided() {
        return run_until([&] { return outcome.calls != 0; });
    }
    /// The port it is connected to.
    in_port_t winner() const {
        const auto peer = socket_ops::peer_name((**outcome.result)->fd());
        return reinterpret_cast<const sockaddr_in&>(peer->storage).sin_port;
    }

    std::shared_ptr<ChannelSocket> listener =
        *ChannelSocket::listen(InetAddress{"127.0.0.1", "0"}, 10);
    int attempts = 0;
    bool keep_race = false;
    Outcome outcome;
    std::unique_ptr<AttemptRace> race;
};

in_port_t port_of(const SockAddr& address) {
    return reinterpret_cast<const sockaddr_in&>(address.storage).sin_port;
}

constexpr milliseconds never = std::chrono::hours(1);

void the_first_address_that_answers_needs_no_second(void**) {
    Fixture fixture;
    Silent silent;
    fixture.run({fixture.listening(), silent.address()}, never);
    assert_true(fixture.decided());
    assert_int_equal(fixture.winner(), port_of(fixture.listening()));
    assert_int_equal(fixture.attempts, 1);
}

void a_refusal_brings_the_next_one_at_once(void**) {
    Fixture fixture;
    fixture.run({fixture.refusing(), fixture.refusing(), fixture.listening()}, never);
    assert_true(fixture.decided());
    assert_int_equal(fixture.winner(), port_of(fixture.listening()));
    assert_int_equal(fixture.attempts, 3);
}

void silence_brings_the_next_one_after_the_delay(void**) {
    Fixture fixture;
    Silent silent;
    const int before = open_descriptors();
    fixture.keep_race = true;
    fixture.run({silent.address(), silent.address(), fixture.listening()},
                milliseconds(10));
    const int at_first = fixture.attempts;
    assert_true(fixture.decided());
    assert_int_equal(at_first, 1);
    assert_int_equal(fixture.attempts, 3);
    assert_int_equal(fixture.winner(), port_of(fixture.listening()));
    // IO-31: those that lost are closed.
    assert_int_equal(open_descriptors(), before + 1);
}

void a_slow_first_address_may_still_win(void**) {
    Fixture fixture;
    Silent silent;
    fixture.run({silent.address(), fixture.refusing()}, milliseconds(10));
    run_until([&] { return fixture.attempts == 2; });
    drain();
    assert_int_equal(fixture.outcome.calls, 0); // the first is still under way
    for (int i = 0; i < 8; ++i)
        (void)silent.listener->accept(); // room in its queue
    run_until([&] {
        (void)silent.listener->accept();
        return fixture.outcome.calls != 0;
    });
    assert_true(fixture.outcome.result && fixture.outcome.result->has_value());
    assert_int_equal(fixture.winner(), port_of(silent.address()));
}

void when_all_fail_each_is_named(void**) {
    Fixture fixture;
    const auto one = fixture.refusing();
    const auto two = fixture.refusing();
    fixture.run({one, two}, never);
    assert_true(fixture.decided());
    assert_true(fixture.outcome.failed_with(ErrorKind::refused));
    const auto& message = fixture.outcome.result->error().message;
    for (auto& address : {one, two})
        assert_true(
            message.contains("127.0.0.1:" + std::to_string(ntohs(port_of(address)))));
    assert_int_equal(fixture.outcome.calls, 1);
}

void no_address_is_a_failure(void**) {
    Fixture fixture;
    fixture.run({}, never);
    assert_true(fixture.outcome.failed_with(ErrorKind::not_found));
}

void destroying_it_calls_everything_off(void**) {
    Fixture fixture;
    Silent silent;
    const int before = open_descriptors();
    fixture.run({silent.address(), silent.address()}, milliseconds(1));
    run_until([&] { return fixture.attempts == 2; });
    assert_int_equal(open_descriptors(), before + 2);
    fixture.race.reset();
    drain();
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(fixture.outcome.calls, 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(families_take_turns),
        cmocka_unit_test(the_first_address_that_answers_needs_no_second),
        cmocka_unit_test(a_refusal_brings_the_next_one_at_once),
        cmocka_unit_test(silence_brings_the_next_one_after_the_delay),
        cmocka_unit_test(a_slow_first_address_may_still_win),
        cmocka_unit_test(when_all_fail_each_is_named),
        cmocka_unit_test(no_address_is_a_failure),
        cmocka_unit_test(destroying_it_calls_everything_off),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
