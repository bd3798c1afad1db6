// Clients that send without end and read nothing: memory stays, the others go on.
#include <map>

#include "tests/support/heap.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

// Small enough to be encoded between two messages of a flood.
constexpr int picture_width = 160, picture_height = 100;
constexpr std::size_t picture_bytes = picture_width * picture_height * 4;
/// What one client may cost beyond the picture on its way: queues, buffers of encoders.
constexpr std::size_t slack = 512 * 1024;

/// What becomes of a flood from a client that does not read.
struct Outcome {
    bool was_sent = false;           ///< the server went on reading
    bool others_were_served = false; ///< before the flood was over
    bool did_not_spin = false;
    std::size_t growth = 0;
};

/// Sends `flood` behind a request that fills the way back.
Outcome flood(World& world, RfbClient& client, RfbClient& bystander, const Bytes& bytes,
              std::size_t requests = 0) {
    client.pause();
    client.request(false);
    drain();
    const auto before = heap_bytes();
    Outcome outcome;
    client.send_requests(bytes, requests);
    outcome.others_were_served = bystander.sync() && !client.is_sent();
    outcome.was_sent = run_until([&] { return client.is_sent(); });
    outcome.did_not_spin = drain() < 500 && drain() < 50;
    world.emulator.forget();
    const auto after = heap_bytes();
    outcome.growth = after - std::min(after, before);
    return outcome;
}

bool is_good(const Outcome& outcome) {
    return outcome.was_sent && outcome.others_were_served && outcome.did_not_spin &&
           outcome.growth <= picture_bytes + slack;
}

/// A world whose pipes hold less than a picture.
struct Flooded : World {
    explicit Flooded(Over over = Over::pipe) {
        pipe_bytes = 8 * 1024;
        show(picture_width, picture_height);
        bystander = watch({rfb::zlib});
        client = watch({rfb::raw}, over);
    }
    ClientPtr bystander, client;
};

// P-RFB-11, P-RFB-26, CVE-08: requests are one when the client reads again
void requests_without_end_are_coalesced(void**) {
    Flooded world;
    const auto updates = world.client->answers();
    const auto bytes =
        rfb::joined({rfb::repeated(rfb::update_request(false, {0, 0, 200, 150}), 100000),
                     rfb::repeated(rfb::update_request(true, {0, 0, 200, 150}), 100000)});
    assert_true(is_good(flood(world, *world.client, *world.bystander, bytes, 200000)));
    world.client->resume();
    assert_true(
        world.client->wait_for([&] { return world.client->answers() == updates + 2; }));
    drain();
    assert_int_equal(world.client->answers(), updates + 2);
    world.draw({0, 0, 9, 9}, 0x33);
    assert_true(world.client->sync());
    assert_true(world.client->shows(*world.surface));
}

// P-RFB-11: small requests all over the picture, which no rectangle holds together
void scattered_requests_are_merged(void**) {
    Flooded world;
    Bytes bytes;
    for (int i = 0; i < 100000; ++i)
        ByteWriter(bytes).put_bytes(
            rfb::update_request(false, {i * 7 % 200, i * 3 % 150, 1, 1}));
    assert_true(is_good(flood(world, *world.client, *world.bystander, bytes, 100000)));
    world.client->resume();
    assert_true(world.client->sync());
    assert_true(world.client->shows(*world.surface));
}

// P-RFB-10: the longest list, of each encoding that is answered, again and again
void encodings_without_end_are_answered_once(void**) {
    for (const int encoding : {rfb::extended_key, rfb::desktop_name, rfb::cursor,
                               rfb::extended_desktop_size, rfb::zlib}) {
        Flooded world;
        world.display->set_cursor(*ui::Cursor::make(1, 1, 0, 0, {0xFFFFFFFF}));
        const std::vector<int> list(65535, encoding);
        const auto bytes = rfb::repeated(rfb::set_encodings(list), 20);
        assert_true(is_good(flood(world, *world.client, *world.bystander, bytes)));
        world.client->resume();
        assert_true(world.client->sync());
        drain();
        assert_true(world.client->key_acks <= 1);
        assert_true(world.client->names <= 1);
        assert_true(world.client->cursors.size() <= 1);
    }
}

// P-RFB-12: formats in turn, while an update in another one is on its way
void formats_in_turn_do_no_harm(void**) {
    Flooded world;
    world.client->only_count();
    Bytes bytes;
    for (int i = 0; i < 20000; ++i) {
        auto format = client_formats[std::size_t(i) % std::size(client_formats)];
        format.true_colour = i % 3 != 0;
        ByteWriter(bytes).put_bytes(rfb::set_pixel_format(format));
        ByteWriter(bytes).put_bytes(rfb::update_request(i % 2, {0, 0, 200, 150}));
    }
    assert_true(is_good(flood(world, *world.client, *world.bystander, bytes, 20000)));
    // At most one map and one update wait.
    const auto before = world.client->received();
    world.client->resume();
    drain();
    run_until([&] { return drain() == 0; });
    assert_true(world.client->received() - before <=
                2 * picture_bytes + 6 + 256 * 6 + 8192);
    assert_true(world.bystander->sync());
}

// CVE-09, P-RFB-13, P-RFB-14: input passes, and nothing of it is kept
void input_without_end_is_not_kept(void**) {
    const Bytes floods[] = {
        rfb::repeated(rfb::pointer_event(1, 65535, 3), 100000),
        rfb::repeated(
            rfb::joined({rfb::key_event(true, 'k'), rfb::key_event(false, 'k')}), 50000),
        rfb::repeated(rfb::extended_key_event(true, 'x', 1), 50000),
        rfb::repeated(rfb::cut_text("text"), 50000),
        rfb::repeated(rfb::cut_text(std::string(1 << 20, 't')), 8),
    };
    for (const auto& bytes : floods) {
        Flooded world;
        assert_true(is_good(flood(world, *world.client, *world.bystander, bytes)));
        world.client->resume();
        assert_true(world.client->sync());
    }
}

// P-RFB-17: wishes pass one by one, with a pause between them
void wishes_without_end_are_thinned_out(void**) {
    Flooded world;
    world.emulator.on_layout = [](const ui::ScreenLayout&) {};
    world.client->set_encodings({rfb::raw, rfb::extended_desktop_size});
    const auto begin = Clock::now();
    const auto bytes =
        rfb::repeated(rfb::set_desktop_size(100, 100, ui::max_screens), 5000);
    assert_true(is_good(flood(world, *world.client, *world.bystander, bytes)));
    const auto pauses = (Clock::now() - begin) / std::chrono::milliseconds(95);
    assert_true(world.emulator.sizes.size() <= std::size_t(pauses) + 1);
    world.client->resume();
    assert_true(world.client->wait_for([&] {
        return !world.client->sizes.empty() && world.client->sizes.back().reason == 1;
    }));
    assert_int_equal(world.client->sizes.back().status, 1);
}

// CVE-07, CVE-08, P-RFB-21, P-WS-15: what the emulator does does not pile up for a client
// that reads nothing, over everything
void changes_do_not_pile_up_for_who_does_not_read(void**) {
    for (const auto over : {Over::pipe, Over::unix_socket, Over::websocket}) {
        Flooded world(over);
        auto& client = *world.client;
        client.set_encodings({rfb::raw, rfb::cursor, rfb::desktop_name,
                              rfb::extended_desktop_size, rfb::extended_key});
        client.pause();
        // More than the sockets on the way hold.
        client.send_requests(
            rfb::repeated(rfb::update_request(false, {0, 0, 200, 150}), 400), 400);
        drain();
        const auto step = [&](int i) {
            client.request(i % 2 != 0);
            world.display->bell();
            world.show(200, 150, unsigned(i));
            world.draw({i % 200, i % 150, 3, 3}, unsigned(i));
            const std::vector<std::uint32_t> pixels(128 * 128, 0xFF000000u + unsigned(i));
            world.display->set_cursor(*ui::Cursor::make(128, 128, 0, 0, pixels));
            (void)world.display->set_name(std::to_string(i));
            drain();
        };
        for (int i = 0; i < 200; ++i)
            step(i);
        const auto before = heap_bytes();
        const auto received = client.received();
        for (int i = 0; i < 300; ++i)
            step(i);
        assert_true(heap_bytes() <= before + picture_bytes + slack);
        assert_int_equal(client.received(), received);
        client.resume();
        assert_true(client.comes_to_show(*world.surface));
        assert_string_equal(client.name.c_str(), "299");
    }
}

// The memory of a large update goes when it has left.
void a_large_update_leaves_no_memory_behind(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::desktop_size});
    client->only_count();
    const auto before = heap_bytes();
    constexpr std::size_t large = 2000 * 1000 * 4;
    world.show(2000, 1000);
    drain();
    client->request(true);
    drain();
    client->request(false);
    assert_true(run_until([&] { return client->received() > large; }));
    world.show(64, 48);
    drain();
    assert_true(heap_bytes() < before + slack);
}

// CVE-08: no server spins while clients of all sorts do nothing
void nothing_spins_while_nothing_happens(void**) {
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        Flooded world(over);
        world.client->request(true);
        const auto connecting = world.connect(over);
        const auto blocked = world.join(over);
        blocked->pause();
        for (int i = 0; i < 100; ++i)
            blocked->request(false);
        const auto half = world.join(over);
        half->send(ByteView(rfb::cut_text("half")).first(9));
        drain();
        for (int i = 0; i < 10; ++i)
            assert_int_equal(drain(), 0);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(requests_without_end_are_coalesced),
        cmocka_unit_test(scattered_requests_are_merged),
        cmocka_unit_test(encodings_without_end_are_answered_once),
        cmocka_unit_test(formats_in_turn_do_no_harm),
        cmocka_unit_test(input_without_end_is_not_kept),
        cmocka_unit_test(wishes_without_end_are_thinned_out),
        cmocka_unit_test(changes_do_not_pile_up_for_who_does_not_read),
        cmocka_unit_test(a_large_update_leaves_no_memory_behind),
        cmocka_unit_test(nothing_spins_while_nothing_happens),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
