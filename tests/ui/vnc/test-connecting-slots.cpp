// Places before the handshake: bounded, and shared fairly between addresses.
#include "ui/vnc/connecting-slots.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;

namespace {

SocketAddress tcp(const char* host) {
    return InetAddress{.host = host, .port = "1"};
}

void addresses_that_one_party_has_share(void**) {
    const std::pair<std::optional<SocketAddress>, const char*> rows[] = {
        {std::nullopt, "local"},
        {UnixAddress{}, "local"},
        {VsockAddress{.cid = 3, .port = 1}, "local"},
        {tcp("192.0.2.1"), "192.0.2.1"},
        {tcp("::ffff:192.0.2.1"), "192.0.2.1"},
        {tcp("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64"},
        {tcp("fe80::1%eth0"), "fe80::/64"},
        {tcp("::1"), "::/64"},
    };
    for (const auto& [peer, key] : rows)
        assert_string_equal(share_key(peer).c_str(), key);
}

/// Takes places, and records who had to go.
struct Arrivals {
    explicit Arrivals(ConnectingSlots::Limits limits) : slots(limits) {}

    void come(const char* address) {
        const auto number = held.size();
        held.push_back(slots.take(address));
        held.back().on_evicted([this, number] { gone.push_back(int(number)); });
    }

    ConnectingSlots slots;
    std::deque<ConnectingSlots::Slot> held;
    std::vector<int> gone;
};

void alone_an_address_may_have_all(void**) {
    Arrivals arrivals({.total = 4, .per_address = 2});
    for (int i = 0; i < 6; ++i)
        arrivals.come("a");
    assert_true(arrivals.gone == std::vector({0, 1}));
    assert_int_equal(arrivals.slots.size(), 4);
}

// Who has to go may take everything along.
void the_places_may_go_with_who_has_to_go(void**) {
    auto slots = std::make_unique<ConnectingSlots>(
        ConnectingSlots::Limits{.total = 1, .per_address = 1});
    auto first = slots->take("a");
    first.on_evicted([&] { slots.reset(); });
    const auto second = slots->take("b");
    assert_null(slots.get());
}

// TRAP-24, P-RFB-08: who has the most makes room, whoever comes
void the_greediest_makes_room(void**) {
    Arrivals arrivals({.total = 4, .per_address = 2});
    for (const auto* address : {"a", "a", "a", "a", "b"})
        arrivals.come(address);
    assert_true(arrivals.gone == std::vector({0}));
    // With others there, an address is kept to its share.
    arrivals.come("a");
    assert_true(arrivals.gone == std::vector({0, 1, 2}));
    arrivals.come("c");
    assert_int_equal(arrivals.gone.size(), 3);
    // a has one more than the others; then the oldest of equals goes.
    arrivals.come("d");
    assert_int_equal(arrivals.gone.back(), 3);
    arrivals.come("e");
    assert_int_equal(arrivals.gone.back(), 4);
    assert_int_equal(arrivals.slots.size(), 4);
}

void a_flood_from_one_address_leaves_another_alone(void**) {
    Arrivals arrivals({.total = 32, .per_address = 8});
    for (int i = 0; i < 100; ++i)
        arrivals.come("flood");
    arrivals.come("honest");
    for (int i = 0; i < 1000; ++i)
        arrivals.come("flood");
    assert_int_equal(std::ranges::count(arrivals.gone, 100), 0);
}

void a_place_is_given_back(void**) {
    Arrivals arrivals({.total = 2, .per_address = 2});
    arrivals.come("a");
    arrivals.come("a");
    arrivals.held[0].release();
    arrivals.come("a");
    assert_true(arrivals.gone.empty());
    arrivals.held[1] = {};
    arrivals.held.clear();
    assert_int_equal(arrivals.slots.size(), 0);
}

void there_is_room_for_one_at_least(void**) {
    Arrivals arrivals({.total = 0, .per_address = 0});
    arrivals.come("a");
    assert_int_equal(arrivals.slots.size(), 1);
    arrivals.come("b");
    assert_true(arrivals.gone == std::vector({0}));
}

void a_place_may_outlive_the_table(void**) {
    ConnectingSlots::Slot slot;
    {
        ConnectingSlots slots({.total = 1, .per_address = 1});
        slot = slots.take("a");
        // Who has to go may take a place in turn.
        slot.on_evicted([&] { slot = {}; });
        auto second = slots.take("a");
        assert_int_equal(slots.size(), 1);
        slot = std::move(second);
    }
    slot.on_evicted([] {});
    slot.release();
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_one_party_has_share),
        cmocka_unit_test(alone_an_address_may_have_all),
        cmocka_unit_test(the_places_may_go_with_who_has_to_go),
        cmocka_unit_test(the_greediest_makes_room),
        cmocka_unit_test(a_flood_from_one_address_leaves_another_alone),
        cmocka_unit_test(a_place_is_given_back),
        cmocka_unit_test(there_is_room_for_one_at_least),
        cmocka_unit_test(a_place_may_outlive_the_table),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
