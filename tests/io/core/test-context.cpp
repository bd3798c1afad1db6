// Getting onto a main context.
#include "io/core/context.hpp"

#include <memory>
#include <thread>
#include <vector>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void runs_later_once_and_in_order(void**) {
    std::vector<int> order;
    for (int i = 0; i < 5; ++i)
        post(nullptr, [&order, i] { order.push_back(i); });
    assert_true(order.empty());
    drain();
    drain();
    assert_int_equal(order.size(), 5);
    for (int i = 0; i < 5; ++i)
        assert_int_equal(order[std::size_t(i)], i);
}

void reaches_another_threads_loop(void**) {
    std::thread::id ran_on;
    std::thread poster([&, main = g_main_context_default()] {
        post(main, [&] { ran_on = std::this_thread::get_id(); });
    });
    assert_true(run_until([&] { return ran_on != std::thread::id(); }));
    poster.join();
    assert_true(ran_on == std::this_thread::get_id());
}

void null_means_the_thread_default_context(void**) {
    bool ran = false;
    bool too_early = false;
    {
        const ThreadContext context;
        post(nullptr, [&] { ran = true; });
        drain(g_main_context_default());
        too_early = ran;
        drain(context.get());
    }
    assert_false(too_early);
    assert_true(ran);
}

// A source of ordinary priority that is always ready must not hold completions back.
void is_not_starved_by_a_busy_source(void**) {
    int busy = 0;
    const SourceRef source(g_idle_source_new());
    g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
    const GSourceFunc count = [](gpointer data) {
        ++*static_cast<int*>(data);
        return gboolean(G_SOURCE_CONTINUE);
    };
    g_source_set_callback(source.get(), count, &busy, nullptr);
    g_source_attach(source.get(), nullptr);
    bool ran = false;
    post(nullptr, [&] { ran = true; });
    const bool done = run_until([&] { return ran; });
    g_source_destroy(source.get());
    assert_true(done);
    assert_in_range(busy, 0, 3);
}

void is_freed_unrun_with_its_context(void**) {
    const auto token = std::make_shared<int>(0);
    {
        const ContextRef context(g_main_context_new());
        post(context.get(), [token] { ++*token; });
        assert_int_equal(token.use_count(), 2);
    }
    assert_int_equal(token.use_count(), 1);
    assert_int_equal(*token, 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(runs_later_once_and_in_order),
        cmocka_unit_test(reaches_another_threads_loop),
        cmocka_unit_test(null_means_the_thread_default_context),
        cmocka_unit_test(is_not_starved_by_a_busy_source),
        cmocka_unit_test(is_freed_unrun_with_its_context),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
