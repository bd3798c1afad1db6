// Cancellation across the border to GIO.
#include "io/gio/cancellable.hpp"

#include <optional>
#include <thread>

#include "tests/support/cmocka.hpp"

using namespace qio;

namespace {

GCancellableRef new_cancellable() {
    return GCancellableRef(g_cancellable_new());
}

void cancelling_stops_the_token(void**) {
    const auto cancellable = new_cancellable();
    const CancellableStop stop(cancellable.get());
    assert_true(stop.token().stop_possible());
    assert_false(stop.token().stop_requested());
    g_cancellable_cancel(cancellable.get());
    assert_true(stop.token().stop_requested());
}

void a_cancellation_of_before_is_seen(void**) {
    const auto cancellable = new_cancellable();
    g_cancellable_cancel(cancellable.get());
    const CancellableStop stop(cancellable.get());
    assert_true(stop.token().stop_requested());
}

void without_a_cancellable_nobody_stops(void**) {
    const CancellableStop stop(nullptr);
    assert_false(stop.token().stop_possible());
}

void destroyed_it_stops_nothing_and_leaves_no_reference(void**) {
    auto* cancellable = g_cancellable_new();
    std::stop_token token;
    {
        const CancellableStop stop(cancellable);
        token = stop.token();
    }
    g_cancellable_cancel(cancellable);
    assert_false(token.stop_requested());
    gpointer gone = cancellable;
    g_object_add_weak_pointer(G_OBJECT(cancellable), &gone);
    g_object_unref(cancellable);
    assert_null(gone);
}

void it_may_be_destroyed_by_what_it_stops(void**) {
    const auto cancellable = new_cancellable();
    std::optional<CancellableStop> stop(std::in_place, cancellable.get());
    bool called = false;
    const std::stop_callback callback(stop->token(), [&] {
        called = true;
        stop.reset();
    });
    g_cancellable_cancel(cancellable.get());
    assert_true(called);
    assert_false(stop.has_value());
}

void cancelling_and_destroying_may_meet(void**) {
    for (int i = 0; i < 200; ++i) {
        const auto cancellable = new_cancellable();
        std::optional<CancellableStop> stop(std::in_place, cancellable.get());
        std::thread thread([&] { g_cancellable_cancel(cancellable.get()); });
        stop.reset();
        thread.join();
    }
}

void stopping_cancels_the_cancellable(void**) {
    std::stop_source source;
    const StopCancellable cancellable(source.get_token());
    assert_false(g_cancellable_is_cancelled(cancellable.get()));
    source.request_stop();
    assert_true(g_cancellable_is_cancelled(cancellable.get()));
    const StopCancellable late(source.get_token());
    assert_true(g_cancellable_is_cancelled(late.get()));
}

void a_stop_cancels_nothing_once_it_is_destroyed(void**) {
    std::stop_source source;
    std::optional<StopCancellable> stop(std::in_place, source.get_token());
    const GCancellableRef kept(static_cast<GCancellable*>((g_object_ref)(stop->get())));
    stop.reset();
    source.request_stop();
    assert_false(g_cancellable_is_cancelled(kept.get()));
}

void it_may_be_destroyed_by_what_it_cancels(void**) {
    std::stop_source source;
    std::optional<StopCancellable> stop(std::in_place, source.get_token());
    const auto destroy = [](GCancellable*, gpointer data) {
        static_cast<std::optional<StopCancellable>*>(data)->reset();
    };
    g_signal_connect(stop->get(), "cancelled", G_CALLBACK(+destroy), &stop);
    source.request_stop();
    assert_false(stop.has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(cancelling_stops_the_token),
        cmocka_unit_test(a_cancellation_of_before_is_seen),
        cmocka_unit_test(without_a_cancellable_nobody_stops),
        cmocka_unit_test(destroyed_it_stops_nothing_and_leaves_no_reference),
        cmocka_unit_test(it_may_be_destroyed_by_what_it_stops),
        cmocka_unit_test(cancelling_and_destroying_may_meet),
        cmocka_unit_test(stopping_cancels_the_cancellable),
        cmocka_unit_test(a_stop_cancels_nothing_once_it_is_destroyed),
        cmocka_unit_test(it_may_be_destroyed_by_what_it_cancels),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
