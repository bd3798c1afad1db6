// The listener's callback changed from other threads, and waiting without a loop.
#include "io/socket/net-listener.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/io/socket/connecting.hpp"
#include "tests/support/descriptors.hpp"
#include "tests/support/temporary-folder.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using std::chrono::milliseconds;
using Clients = std::vector<std::shared_ptr<ChannelSocket>>;

const InetAddress any_port{.host = "127.0.0.1", .port = "0"};

std::shared_ptr<NetListener> listening(int addresses = 1) {
    auto listener = NetListener::create();
    for (int i = 0; i < addresses; ++i)
        (void)listener->open(any_port);
    return listener;
}

WaitOptions soon() {
    return {.deadline = deadline_after(std::chrono::seconds(20))};
}

/// What a callback holds: says whether it was there when the callback ran.
struct Token {
    explicit Token(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~Token() {
        intact = 0;
        --alive_;
    }
    std::atomic<int> intact = 1;

private:
    std::atomic<int>& alive_;
};

// IO-29: function and what it holds change together, in a storm of connections.
void another_thread_may_replace_the_callback(void**) {
    const auto listener = listening(2);
    const auto addresses = listener->addresses();
    std::atomic<int> alive = 0;
    std::atomic<int> served = 0;
    std::atomic<int> broken = 0;
    std::atomic<bool> stop = false;
    const auto install = [&] {
        const auto token = std::make_shared<Token>(alive);
        listener->set_callback([&, token](auto) {
            ++served;
            broken += token->intact != 1;
        });
    };
    install();
    std::thread changer([&] {
        while (!stop) {
            install();
            std::this_thread::yield();
        }
    });
    Clients peers;
    for (int i = 0; i < 200; ++i)
        ChannelSocket::connect(addresses[std::size_t(i % 2)], {}, [&](Connected made) {
            if (made)
                peers.push_back(*made);
        });
    const bool done = run_until([&] { return served == 200; });
    stop = true;
    changer.join();
    listener->set_callback({});
    drain();
    assert_true(done);
    assert_int_equal(broken.load(), 0);
    assert_int_equal(alive.load(), 0);
}

void another_thread_may_clear_the_callback(void**) {
    const auto listener = listening();
    std::atomic<int> calls = 0;
    listener->set_callback([&](auto) { ++calls; });
    std::thread([&] { listener->set_callback({}); }).join();
    const auto peer = connect_now(listener->addresses().front());
    const int turns = drain();
    assert_int_equal(calls.load(), 0);
    assert_in_range(turns, 0, 10);
    std::thread([&] { listener->set_callback([&](auto) { ++calls; }); }).join();
    assert_true(run_until([&] { return calls == 1; }));
}

/// A thread that runs a context of its own.
class ContextThread {
public:
    ContextThread() {
        thread_ = std::thread([this] {
            while (!stop_)
                g_main_context_iteration(context_.get(), TRUE);
        });
    }
    ~ContextThread() {
        stop_ = true;
        g_main_context_wakeup(context_.get());
        thread_.join();
    }
    GMainContext* get() const { return context_.get(); }

private:
    ContextRef context_{g_main_context_new()};
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

// IO-29, IO-30: no call on the wrong context, and no connection is lost on the way.
void callback_and_context_change_together(void**) {
    const auto listener = listening();
    const auto address = listener->addresses().front();
    const auto here = std::this_thread::get_id();
    std::atomic<int> calls_here = 0;
    std::atomic<int> calls_there = 0;
    std::atomic<int> misplaced = 0;
    Clients peers;
    {
        const ContextThread there;
        for (int i = 0; i < 60; ++i) {
            if (i % 2 == 0)
                listener->set_callback(
                    [&](auto) {
                        ++calls_there;
                        misplaced += std::this_thread::get_id() == here;
                    },
                    there.get());
            peers.push_back(*connect_now(address));
            if (i % 2 == 0)
                listener->set_callback(
                    [&](auto) {
                        ++calls_here;
                        misplaced += std::this_thread::get_id() != here;
                    },
                    g_main_context_default());
        }
        run_until([&] { return calls_here + calls_there == 60; });
        listener->set_callback([&](auto) { ++calls_there; }, there.get());
        const int before = calls_there;
        peers.push_back(*connect_now(address));
        run_until([&] { return calls_there > before; });
        listener->set_callback([](auto) {}, g_main_context_default());
    }
    drain();
    listener->close();
    assert_int_equal(misplaced.load(), 0);
    assert_int_equal(calls_here + calls_there, 61);
}

// IO-29: the new callback is not called where the old one ran, not even in the same turn.
void what_waits_behind_the_last_call_goes_to_the_new_context(void**) {
    const auto listener = listening();
    const auto address = listener->addresses().front();
    const auto first = ChannelSocket::connect_wait(address);
    const auto second = ChannelSocket::connect_wait(address);
    const auto here = std::this_thread::get_id();
    std::atomic<bool> running = false;
    std::atomic<bool> replaced = false;
    std::atomic<int> calls_there = 0;
    std::thread::id called_on;
    {
        const ContextThread there;
        listener->set_callback(
            [&](auto) {
                ++calls_there;
                running = true;
                while (!replaced)
                    std::this_thread::yield();
            },
            there.get());
        run_until([&] { return running.load(); });
        listener->set_callback([&](auto) { called_on = std::this_thread::get_id(); },
                               g_main_context_default());
        replaced = true;
        run_until([&] { return called_on != std::thread::id(); });
    }
    listener->close();
    assert_int_equal(calls_there.load(), 1);
    assert_true(called_on == here);
}

void another_thread_may_add_an_address(void**) {
    const auto listener = listening();
    std::atomic<int> calls = 0;
    listener->set_callback([&](auto) { ++calls; });
    std::thread([&] { (void)listener->open(any_port); }).join();
    const auto peer = connect_now(listener->addresses().back());
    assert_int_equal(listener->addresses().size(), 2);
    assert_true(run_until([&] { return calls == 1; }));
}

void waits_for_a_connection_on_any_socket(void**) {
    const TemporaryFolder folder;
    const auto listener = listening();
    (void)listener->open(UnixAddress{folder.file("s"), false});
    for (auto& address : listener->addresses()) {
        const auto peer = connect_now(address);
        const auto client = listener->accept_wait(soon());
        assert_true(*(*client)->local_address() == *(*peer)->remote_address());
    }
    // One that comes while it waits.
    std::thread thread([address = listener->addresses().front()] {
        (void)ChannelSocket::connect_wait(address);
    });
    const auto client = listener->accept_wait(soon());
    thread.join();
    assert_true(client.has_value());
}

void the_callback_rests_while_somebody_waits(void**) {
    const auto listener = listening();
    const auto address = listener->addresses().front();
    int calls = 0;
    listener->set_callback([&](auto) { ++calls; });
    const auto first = ChannelSocket::connect_wait(address);
    const auto waited = listener->accept_wait(soon());
    const auto second = ChannelSocket::connect_wait(address);
    const bool told = run_until([&] { return calls == 1; });
    drain();
    assert_true(waited.has_value());
    assert_true(told);
    assert_int_equal(calls, 1);
}

void a_wait_for_a_connection_has_an_end(void**) {
    const auto listener = listening();
    const auto late =
        listener->accept_wait({.deadline = deadline_after(milliseconds(10))});
    assert_true(late.error().kind == ErrorKind::timed_out);
    std::stop_source source;
    std::thread thread([&] { source.request_stop(); });
    const auto stopped = listener->accept_wait({.stop = source.get_token()});
    thread.join();
    assert_true(stopped.error().kind == ErrorKind::cancelled);
    listener->close();
    assert_true(listener->accept_wait().error().kind == ErrorKind::invalid_argument);
}

void is_connected_while_it_has_sockets(void**) {
    const int before = open_descriptors();
    const auto listener = NetListener::create();
    assert_false(listener->is_connected());
    listener->set_name("vnc");
    (void)listener->open(any_port);
    assert_true(listener->is_connected());
    assert_int_equal(listener->sockets().size(), 1);
    assert_string_equal(listener->sockets().front()->name().c_str(), "vnc");
    listener->close();
    assert_false(listener->is_connected());
    assert_int_equal(open_descriptors(), before);
    (void)listener->open(any_port);
    assert_true(listener->is_connected());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(another_thread_may_replace_the_callback),
        cmocka_unit_test(another_thread_may_clear_the_callback),
        cmocka_unit_test(callback_and_context_change_together),
        cmocka_unit_test(what_waits_behind_the_last_call_goes_to_the_new_context),
        cmocka_unit_test(another_thread_may_add_an_address),
        cmocka_unit_test(waits_for_a_connection_on_any_socket),
        cmocka_unit_test(the_callback_rests_while_somebody_waits),
        cmocka_unit_test(a_wait_for_a_connection_has_an_end),
        cmocka_unit_test(is_connected_while_it_has_sockets),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
