// Clients that do not read, beside one that does.
#include "tests/support/heap.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr int width = 320, height = 200, frames = 60;
constexpr std::size_t picture_bytes = std::size_t(width) * height * 4;
constexpr std::size_t slow_readers = 8;

/// How many of the frames the fast client saw, each with its own update.
std::size_t frames_seen(World& world, RfbClient& fast) {
    std::size_t seen = 0;
    for (int i = 0; i < frames; ++i) {
        const auto before = fast.answers();
        world.draw({i, i, 200, 100}, 0x010305u * unsigned(i + 1));
        if (fast.update(true) && fast.answers() == before + 1 &&
            fast.shows(*world.surface))
            ++seen;
    }
    return seen;
}

/// Eight clients with more on its way to each than its pipe holds, of different ages.
std::vector<ClientPtr> stuck_clients(World& world, std::initializer_list<int> encodings) {
    std::vector<ClientPtr> slow;
    for (std::size_t i = 0; i < slow_readers; ++i) {
        slow.push_back(world.watch(encodings));
        slow.back()->pause();
        world.draw({0, 0, width, height}, 0x111111u * unsigned(i + 1));
        for (int request = 0; request < 20; ++request)
            slow.back()->request(request % 5 != 0);
        drain();
    }
    return slow;
}

// P-RFB-21: who does not read delays nobody else, and costs a bounded amount of memory
void a_fast_reader_sees_every_frame_beside_slow_ones(void**) {
    // Of several threads one might first need its encoder's memory in the second half.
    World world({.encode_threads = 1});
    world.pipe_bytes = 16 * 1024;
    world.show(width, height);
    const auto fast = world.watch({rfb::zlib, rfb::copy_rect});
    const auto alone = heap_bytes();
    const auto slow = stuck_clients(world, {rfb::raw, rfb::copy_rect});
    assert_int_equal(frames_seen(world, *fast), frames);
    const auto before = heap_bytes();
    assert_int_equal(frames_seen(world, *fast), frames);
    assert_true(heap_bytes() <= before + picture_bytes);
    // For each one update, the frame that it shows, and what the client itself has here.
    assert_true(before <= alone + (slow_readers + 1) * 6 * picture_bytes);
    for (const auto& client : slow) {
        client->resume();
        assert_true(client->comes_to_show(*world.surface));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_fast_reader_sees_every_frame_beside_slow_ones),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
