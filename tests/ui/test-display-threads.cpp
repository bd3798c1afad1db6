// The display under threads that draw, take and come and go; the sanitizers watch.
#include "ui/display.hpp"

#include <atomic>
#include <condition_variable>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

struct CountingListener final : DisplayListener {
    std::atomic<int> calls = 0;
    void display_changed() noexcept override { ++calls; }
};

/// Wakes a thread, as a server's listener does.
class WakingListener final : public DisplayListener {
public:
    void display_changed() noexcept override {
        {
            const std::lock_guard lock(mutex_);
            ++pending_;
        }
        woken_.notify_one();
    }
    /// How many calls were not followed by this; waits for the first.
    int wait() {
        std::unique_lock lock(mutex_);
        woken_.wait(lock, [this] { return pending_ != 0; });
        return std::exchange(pending_, 0);
    }

private:
    std::mutex mutex_;
    std::condition_variable woken_;
    int pending_ = 0;
};

void draw_from_a_thread(Display& display, unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 2000; ++i) {
        switch (random() % 16) {
        case 0:
            display.set_surface(*Surface::create(int(random() % 99 + 1), 50));
            break;
        case 1:
            display.set_cursor(*Cursor::make(1, 1, 0, 0, {std::uint32_t(random())}));
            break;
        case 2:
            (void)display.set_name(std::to_string(i));
            break;
        default:
            display.damage({int(random() % 100), int(random() % 50), 9, 9});
        }
    }
}

// Several threads draw, one takes; the last bell rings when they are done.
void threads_draw_while_another_takes(void**) {
    Display display;
    WakingListener listener;
    display.add_listener(listener);
    std::vector<std::jthread> threads;
    std::atomic<int> running = 3;
    for (unsigned seed = 0; seed < 3; ++seed)
        threads.emplace_back([&display, &running, seed] {
            draw_from_a_thread(display, seed);
            if (--running == 0)
                display.bell();
        });
    bool finished = false, once = true, inside = true;
    while (!finished) {
        once &= listener.wait() == 1;
        const auto changes = display.take_changes(listener);
        Region outside = changes.damage;
        outside.subtract(Region(changes.surface->bounds()));
        inside &= outside.empty();
        finished = changes.bell;
    }
    threads.clear();
    display.remove_listener(listener);
    assert_true(once);
    assert_true(inside);
}

// The listener is destroyed right after its removal: a late call would touch freed
// memory, which the sanitizers report.
void no_call_comes_after_the_removal(void**) {
    Display display;
    std::atomic<bool> stop = false;
    std::jthread emulator([&] {
        while (!stop)
            display.damage({0, 0, 10, 10});
    });
    int calls = 0;
    for (int i = 0; i < 500; ++i) {
        auto listener = std::make_unique<CountingListener>();
        display.add_listener(*listener);
        display.take_changes(*listener);
        display.remove_listener(*listener);
        calls += listener->calls;
    }
    stop = true;
    emulator.join();
    assert_true(calls >= 500);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(threads_draw_while_another_takes),
        cmocka_unit_test(no_call_comes_after_the_removal),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
