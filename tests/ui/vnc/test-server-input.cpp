// Keys, pointer and clipboard text end to end.
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void keys_and_pointer_reach_the_emulator(void**) {
    for (const auto over : plain_and_websocket) {
        World world;
        const auto client = world.join(over);
        client->send(rfb::joined({
            rfb::key_event(true, 'A'),
            rfb::extended_key_event(true, 0xFF0D, 0x1C),
            rfb::extended_key_event(true, 0xFF53, 0xCD),
            rfb::extended_key_event(true, 0x1000041, 0),
            rfb::key_event(false, 'A'),
            rfb::pointer_event(0, 1, 2),
            rfb::pointer_event(0xFF, 63, 47),
        }));
        assert_true(run_until([&] { return world.emulator.calls() == 7; }));
        const std::vector<ui::KeyEvent> keys = {
            {.keysym = 'A', .xt_keycode = {}, .down = true},
            {.keysym = 0xFF0D, .xt_keycode = 0x1C, .down = true},
            {.keysym = 0xFF53, .xt_keycode = 0xCD, .down = true},
            // 0 is no scan code.
            {.keysym = 0x1000041, .xt_keycode = {}, .down = true},
            {.keysym = 'A', .xt_keycode = {}, .down = false},
        };
        assert_true(world.emulator.keys == keys);
        assert_true(world.emulator.pointers ==
                    (std::vector<ui::PointerEvent>{{1, 2, 0}, {63, 47, 0xFF}}));
    }
}

// P-RFB-13: positions are those of the framebuffer the client sees
void the_pointer_stays_in_the_framebuffer(void**) {
    World world;
    const auto fixed = world.watch({rfb::raw});
    const auto resizing = world.watch({rfb::raw, rfb::desktop_size});
    world.show(1000, 900);
    drain();
    assert_true(fixed->sync() && resizing->sync());
    fixed->send(rfb::pointer_event(0, 65535, 65535));
    drain();
    resizing->send(rfb::pointer_event(0, 65535, 65535));
    drain();
    assert_true(world.emulator.pointers ==
                (std::vector<ui::PointerEvent>{{63, 47, 0}, {999, 899, 0}}));
}

// V-31: what a client held is lifted when it leaves, and only that
void a_client_that_leaves_lets_go(void**) {
    for (const auto over : plain_and_websocket) {
        World world;
        const auto other = world.join();
        other->send(
            rfb::joined({rfb::key_event(true, 'o'), rfb::pointer_event(4, 9, 9)}));
        const auto client = world.join(over);
        client->send(rfb::joined({
            rfb::extended_key_event(true, 0xFFE9, 0x38),
            rfb::key_event(true, 'd'),
            rfb::key_event(true, 'u'),
            rfb::key_event(false, 'u'),
            rfb::pointer_event(1, 5, 6),
        }));
        assert_true(run_until([&] { return world.emulator.calls() == 7; }));
        world.emulator.keys.clear();
        world.emulator.pointers.clear();
        client->close();
        assert_true(world.has_clients(1));
        const std::vector<ui::KeyEvent> lifted = {
            {.keysym = 'd', .xt_keycode = {}, .down = false},
            {.keysym = 0xFFE9, .xt_keycode = 0x38, .down = false},
        };
        assert_true(world.emulator.keys == lifted);
        assert_true(world.emulator.pointers ==
                    (std::vector<ui::PointerEvent>{{5, 6, 0}}));
    }
}

// V-31: however it leaves
void every_end_lets_go(void**) {
    const std::function<void(World&, RfbClient&)> ends[] = {
        [](World&, RfbClient& client) { client.close(); },
        [](World&, RfbClient& client) { client.send(as_bytes("\x99")); },
        [](World& world, RfbClient&) { world.server.reset(); },
        [](World& world, RfbClient&) { world.join(Over::pipe, false); },
    };
    for (const auto& end : ends) {
        World world;
        const auto client = world.join();
        client->send(
            rfb::joined({rfb::key_event(true, 'k'), rfb::pointer_event(1, 1, 1)}));
        assert_true(run_until([&] { return world.emulator.calls() == 2; }));
        end(world, *client);
        assert_true(run_until([&] { return world.emulator.calls() == 4; }));
        assert_false(world.emulator.keys.back().down);
        assert_int_equal(world.emulator.pointers.back().buttons, 0);
    }
}

// TRAP-29: what a client says last is heard
void the_last_words_are_heard(void**) {
    for (const auto over : plain_and_websocket) {
        World world;
        const auto client = world.join(over);
        client->send(
            rfb::joined({rfb::key_event(true, 'q'), rfb::key_event(false, 'q')}));
        assert_true(run_until([&] { return client->is_sent(); }));
        client->close();
        assert_true(world.has_clients(0));
        assert_int_equal(world.emulator.keys.size(), 2);
    }
}

// CVE-09, P-RFB-14: keys without end: the first ones are held, and all of those lifted
void a_keyboard_without_end_is_lifted(void**) {
    World world;
    const auto client = world.join();
    for (std::uint32_t i = 1; i <= 100000; ++i)
        client->send(rfb::key_event(true, i));
    assert_true(run_until([&] { return client->is_sent(); }));
    drain();
    const auto held = world.emulator.keys.size();
    assert_true(held >= 16 && held <= 1024);
    client->close();
    assert_true(world.has_clients(0));
    assert_int_equal(world.emulator.keys.size(), 2 * held);
}

// P-RFB-14: keysyms of every size, and releases out of the blue
void odd_keys_do_no_harm(void**) {
    World world;
    const auto client = world.join();
    for (std::uint64_t keysym = 0; keysym < 0x100000000; keysym += 0x123457) {
        client->send(rfb::key_event(false, std::uint32_t(keysym)));
        client->send(rfb::key_event(true, std::uint32_t(keysym)));
        client->send(rfb::key_event(false, std::uint32_t(keysym)));
    }
    client->send(rfb::extended_key_event(true, 0, 0xFFFFFFFF));
    client->send(rfb::extended_key_event(false, 0, 0xFFFFFFFF));
    assert_true(client->sync());
    assert_int_equal(world.emulator.keys.size() % 2, 0);
    assert_true(world.emulator.keys.size() > 7000);
}

// P-RFB-15: Latin-1 in, UTF-8 out, every kind of line end becomes a line feed
void cut_text_arrives_as_utf8(void**) {
    struct Row {
        std::string latin1, utf8;
    };
    const Row rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"K\xE4se \xA4", "Käse ¤"},
        {"\x80\x9F\xFF", "\xC2\x80\xC2\x9Fÿ"},
        {"a\r\nb\rc\nd", "a\nb\nc\nd"},
        {"\r", "\n"},
        {"\r\r\n\n\r", "\n\n\n\n"},
        {"x\r\n", "x\n"},
        {std::string("nul\0l", 5), std::string("nul\0l", 5)},
    };
    for (const auto over : plain_and_websocket) {
        World world;
        const auto client = world.join(over);
        for (const auto& row : rows)
            client->send(rfb::cut_text(row.latin1));
        assert_true(run_until([&] { return world.emulator.texts.size() == 9; }));
        for (std::size_t i = 0; i < std::size(rows); ++i)
            assert_true(world.emulator.texts[i] == rows[i].utf8);
    }
}

// CVE-05, P-RFB-15, O-06: up to the limit, over everything
void long_cut_text_arrives_whole(void**) {
    for (const auto over : everything) {
        if (over == Over::tcp6 && !has_ipv6())
            continue;
        World world;
        const auto client = world.join(over);
        const std::string text(1 << 20, 't');
        client->send(rfb::cut_text(text));
        assert_true(run_until([&] { return world.emulator.texts.size() == 1; }));
        assert_true(world.emulator.texts[0] == text);
        assert_true(client->sync());
    }
}

void without_an_emulator_input_goes_nowhere(void**) {
    World world;
    world.display->set_input(nullptr);
    const auto client = world.join();
    client->send(rfb::joined(
        {rfb::key_event(true, 'n'), rfb::pointer_event(1, 1, 1), rfb::cut_text("n")}));
    assert_true(client->sync());
    // Who comes later hears of the end of what was begun before.
    world.display->set_input(&world.emulator);
    client->close();
    assert_true(world.has_clients(0));
    assert_int_equal(world.emulator.keys.size(), 1);
    assert_false(world.emulator.keys[0].down);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_pointer_reach_the_emulator),
        cmocka_unit_test(the_pointer_stays_in_the_framebuffer),
        cmocka_unit_test(a_client_that_leaves_lets_go),
        cmocka_unit_test(every_end_lets_go),
        cmocka_unit_test(the_last_words_are_heard),
        cmocka_unit_test(a_keyboard_without_end_is_lifted),
        cmocka_unit_test(odd_keys_do_no_harm),
        cmocka_unit_test(cut_text_arrives_as_utf8),
        cmocka_unit_test(long_cut_text_arrives_whole),
        cmocka_unit_test(without_an_emulator_input_goes_nowhere),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
