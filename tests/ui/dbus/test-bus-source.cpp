// Machines on a bus: they come, go and are started again, and so does the bus.
#include "ui/dbus/bus-source.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"
#include "ui/dbus/names.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

/// A bus of its own.
struct Bus {
    Bus() : bus(g_test_dbus_new(G_TEST_DBUS_NONE)) { g_test_dbus_up(bus.get()); }
    ~Bus() { stop(); }
    void stop() {
        if (bus)
            g_test_dbus_stop(bus.get());
        bus.reset();
    }
    std::string address() const { return g_test_dbus_get_bus_address(bus.get()); }
    Handle<GTestDBus, &g_object_unref> bus;
};

struct World {
    explicit World(std::string name = "org.qemu")
        : source(machine, {.address = bus.address(),
                           .name = std::move(name),
                           .patience = {.retry_after = std::chrono::milliseconds(20)}}) {}
    Bus bus;
    MachineLog log;
    Machine machine{log.events()};
    BusSource source;
};

void waits_for_a_machine(void**) {
    World world;
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    assert_string_equal(world.log.reason.c_str(), "nobody has the name org.qemu");
    FakeMachine fake;
    fake.join_bus(world.bus.address());
    assert_true(run_until([&] { return fake.has_listener(); }));
    Viewer viewer(world.machine.consoles().front()->display());
    fake.scanout(8, 8, 3);
    assert_int_equal(viewer.pixel(7, 7), 3);
}

void follows_the_machine_when_it_is_started_again(void**) {
    World world;
    for (int round = 1; round <= 3; ++round) {
        FakeMachine fake(round == 2 ? Generation::v7_2 : Generation::v10_2);
        fake.join_bus(world.bus.address());
        assert_true(run_until([&] { return fake.has_listener(); }));
        assert_int_equal(world.log.appeared, round);
        Viewer viewer(world.machine.consoles().front()->display());
        fake.scanout(8, 8, std::uint32_t(round));
        assert_int_equal(viewer.pixel(7, 7), round);
        fake.set("/org/qemu/Display1/Console_0", names::console, "Width",
                 g_variant_new_uint32(4));
        assert_true(run_until([&] { return viewer.width() == 4; }));
        const int vanished = world.log.vanished;
        fake.leave();
        assert_true(run_until([&] { return world.log.vanished > vanished; }));
    }
    assert_int_equal(world.log.added, 1);
}

void takes_the_next_in_the_queue(void**) {
    World world("org.qemu.other");
    FakeMachine first, second;
    first.join_bus(world.bus.address(), "org.qemu.other");
    second.join_bus(world.bus.address(), "org.qemu.other");
    assert_true(run_until([&] { return first.has_listener(); }));
    assert_false(second.has_listener());
    first.leave();
    assert_true(run_until([&] { return second.has_listener(); }));
}

void answers_only_the_machine(void**) {
    World world;
    FakeMachine fake, stranger;
    fake.join_bus(world.bus.address());
    assert_true(run_until([&] { return !fake.calls("Register()").empty(); }));
    assert_true(run_until([&] { return fake.has_listener(); }));
    const char* const types[] = {"text/plain;charset=utf-8"};
    const auto grab = [&] {
        return g_variant_new("(uu@as)", 0, 1, g_variant_new_strv(types, 1));
    };
    stranger.join_bus(world.bus.address(), "org.example.stranger");
    stranger.set_client(fake.client());
    assert_string_not_equal(
        stranger.ask_client(names::clipboard_path, names::clipboard, "Grab", grab())
            .c_str(),
        "");
    Viewer viewer(world.machine.consoles().front()->display());
    assert_false(viewer.take().clipboard.has_text);
    assert_string_equal(
        fake.ask_client(names::clipboard_path, names::clipboard, "Grab", grab()).c_str(),
        "");
    assert_true(viewer.take().clipboard.has_text);
}

void tells_that_there_is_no_bus_and_tries_again(void**) {
    MachineLog log;
    Machine machine(log.events());
    const BusSource source(machine,
                           {.address = "unix:path=/nonexistent/bus",
                            .patience = {.retry_after = std::chrono::milliseconds(1)}});
    assert_true(run_until([&] { return log.vanished >= 3; }));
    assert_true(log.reason.starts_with("bus: "));
}

void tells_that_the_bus_does_not_answer(void**) {
    const std::string name = "qio-silent-bus-" + std::to_string(getpid());
    const UniqueFd silent(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    name.copy(address.sun_path + 1, name.size()); // abstract
    const auto length = socklen_t(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const void* const any = &address;
    assert_int_equal(bind(silent.get(), static_cast<const sockaddr*>(any), length), 0);
    assert_int_equal(listen(silent.get(), 16), 0); // and takes nobody
    MachineLog log;
    Machine machine(log.events());
    const BusSource source(machine,
                           {.address = "unix:abstract=" + name,
                            .patience = {.retry_after = std::chrono::milliseconds(1),
                                         .answer_within = std::chrono::milliseconds(1)}});
    assert_true(run_until([&] { return log.vanished >= 2; }));
    assert_string_equal(log.reason.c_str(), "the bus does not answer");
}

void outlives_its_bus(void**) {
    World world;
    FakeMachine fake;
    fake.join_bus(world.bus.address());
    assert_true(run_until([&] { return fake.has_listener(); }));
    world.log.vanished = 0;
    world.bus.stop();
    assert_true(run_until([&] { return world.log.vanished >= 3; }));
    assert_false(world.machine.is_attached());
}

void may_go_at_any_moment(void**) {
    const Bus bus;
    FakeMachine fake;
    fake.join_bus(bus.address());
    for (int iterations = 0; iterations < 30; ++iterations) {
        Machine machine({});
        const BusSource source(machine, {.address = bus.address()});
        for (int i = 0; i < iterations; ++i)
            g_main_context_iteration(nullptr, i % 2 == 0 && i < 6);
    }
    drain();
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_a_machine),
        cmocka_unit_test(follows_the_machine_when_it_is_started_again),
        cmocka_unit_test(takes_the_next_in_the_queue),
        cmocka_unit_test(answers_only_the_machine),
        cmocka_unit_test(tells_that_there_is_no_bus_and_tries_again),
        cmocka_unit_test(tells_that_the_bus_does_not_answer),
        cmocka_unit_test(outlives_its_bus),
        cmocka_unit_test(may_go_at_any_moment),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
