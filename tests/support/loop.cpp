// Running a main context until something holds, with a deadline instead of sleeps.
#include "tests/support/loop.hpp"

#include "io/core/timer.hpp"

namespace qio::test {

bool run_until(const std::function<bool()>& done, GMainContext* context,
               std::chrono::milliseconds limit) {
    bool late = false;
    // The timer wakes the context when nothing else does.
    const Timer timer(
        limit, [&] { late = true; }, Timer::Repeat::no,
        context ? context : g_main_context_default());
    while (!done()) {
        if (late)
            return false;
        g_main_context_iteration(context, TRUE);
    }
    return true;
}

int drain(GMainContext* context) {
    int dispatched = 0;
    while (dispatched < 1000 && g_main_context_iteration(context, FALSE))
        ++dispatched;
    return dispatched;
}

} // namespace qio::test
