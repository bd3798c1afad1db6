// Fences, byte for byte, in both directions.
#include "ui/vnc/pacing.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::vnc;
using namespace std::chrono_literals;

namespace {

constexpr Pacing::Time now{1s};
constexpr ClientFeatures fences = [] {
    ClientFeatures features;
    features.fence = true;
    return features;
}();
constexpr ClientFeatures both = [] {
    ClientFeatures features = fences;
    features.continuous_updates = true;
    return features;
}();

Bytes fence_bytes(std::uint32_t flags, ByteView payload) {
    Bytes bytes;
    ByteWriter(bytes)
        .put(std::uint8_t(248))
        .put_zeros(3)
        .put(flags)
        .put(std::uint8_t(payload.size()))
        .put_bytes(payload);
    return bytes;
}

// RFB: the server announces fences by a request, updates by their end; once each
void tells_once_what_it_knows(void**) {
    Pacing pacing;
    Bytes out;
    pacing.set_features({}, now, out);
    assert_true(out.empty());
    pacing.set_features(fences, now, out);
    assert_true(out == fence_bytes(1u << 31 | 1, Bytes(4)));
    assert_true(pacing.has_fences() && !pacing.has_continuous_updates());
    out.clear();
    pacing.set_features(both, now, out);
    assert_true(out == Bytes{std::byte(150)});
    out.clear();
    pacing.set_features(both, now, out);
    pacing.set_features({}, now, out);
    pacing.set_features(both, now, out);
    assert_true(out.empty());
}

// Without fences there is nothing to measure the link by.
void continuous_updates_need_fences(void**) {
    ClientFeatures only = both;
    only.fence = false;
    Pacing pacing;
    Bytes out;
    pacing.set_features(only, now, out);
    assert_true(out.empty() && !pacing.has_continuous_updates());
}

// O-16, P-RFB-20: any payload comes back, with the flags that are known
void a_clients_fence_is_answered(void**) {
    for (const std::size_t size : {0, 1, 63, 64})
        for (const std::uint32_t flags : {0u, 1u, 2u, 3u, 0x7FFFFFF8u}) {
            Pacing pacing;
            Bytes out;
            const Bytes payload(size, std::byte(7));
            pacing.handle({flags | 1u << 31, payload}, now, out);
            assert_true(out == fence_bytes(flags & 3, payload));
        }
}

// SyncNext: the answer comes when the next message has taken effect
void a_fence_waits_for_the_next_message(void**) {
    Pacing pacing;
    Bytes out;
    pacing.handle({1u << 31 | 4, Bytes(1)}, now, out);
    assert_true(out.empty());
    pacing.message_done(out);
    assert_true(out == fence_bytes(4, Bytes(1)));
    pacing.message_done(out);
    assert_int_equal(out.size(), fence_bytes(4, Bytes(1)).size());
    // The next message is another such fence.
    out.clear();
    pacing.handle({1u << 31 | 4, Bytes(1)}, now, out);
    pacing.handle({1u << 31 | 4, Bytes(2)}, now, out);
    assert_true(out == fence_bytes(4, Bytes(1)));
}

void answers_are_no_requests(void**) {
    Pacing pacing;
    Bytes out;
    pacing.set_features(fences, now, out);
    out.clear();
    for (const std::size_t size : {0, 3, 4, 5, 64})
        pacing.handle({1, Bytes(size)}, now + 3ms, out);
    assert_true(out.empty());
    assert_true(pacing.flow().delay() == FlowControl::Duration(3ms));
}

void a_fence_follows_each_update(void**) {
    Pacing pacing;
    Bytes out;
    pacing.update_sent(1000, now, out);
    assert_true(out.empty());
    pacing.set_features(fences, now, out);
    out.clear();
    pacing.update_sent(100000, now, out);
    const Bytes first(out.end() - 4, out.end());
    assert_true(out == fence_bytes(1u << 31 | 1, first));
    assert_false(pacing.may_send(now));
    pacing.handle({1, first}, now + 1ms, out);
    assert_true(pacing.may_send(now + 1ms));
}

// The delay is measured again when the link is empty, by a fence alone.
void a_fence_goes_ahead_now_and_then(void**) {
    Pacing pacing;
    Bytes out;
    pacing.set_features(fences, now, out);
    pacing.handle({1, Bytes(4)}, now + 1ms, out);
    out.clear();
    pacing.before_update(now + 1s, out);
    assert_true(out.empty());
    pacing.before_update(now + 11s, out);
    assert_int_equal(out.size(), fence_bytes(0, Bytes(4)).size());
}

// O-16, CVE-08: answers that do not leave stop the questions
void answers_are_bounded(void**) {
    Pacing pacing;
    Bytes out;
    int count = 0;
    for (; count < 100000 && !pacing.is_clogged(); ++count)
        pacing.handle({1u << 31, Bytes(64)}, now, out);
    assert_true(pacing.is_clogged());
    assert_true(out.size() <= Pacing::max_answer_bytes + 128);
    pacing.drained();
    assert_false(pacing.is_clogged());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(tells_once_what_it_knows),
        cmocka_unit_test(continuous_updates_need_fences),
        cmocka_unit_test(a_clients_fence_is_answered),
        cmocka_unit_test(a_fence_waits_for_the_next_message),
        cmocka_unit_test(answers_are_no_requests),
        cmocka_unit_test(a_fence_follows_each_update),
        cmocka_unit_test(a_fence_goes_ahead_now_and_then),
        cmocka_unit_test(answers_are_bounded),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
