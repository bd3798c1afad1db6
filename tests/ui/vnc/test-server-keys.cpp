// Keys of clients that know keysyms only, on a keyboard with a layout, end to end.
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

using Codes = std::vector<std::pair<std::uint32_t, bool>>;

Codes codes(const Emulator& emulator) {
    Codes all;
    for (const auto& key : emulator.keys)
        all.emplace_back(key.xt_keycode.value_or(0), key.down);
    return all;
}

vnc::ServerOptions german() {
    return {.keyboard = {.keymap = *ui::Keymap::create("de")}};
}

void keysyms_arrive_with_scan_codes(void**) {
    for (const auto over : plain_and_websocket) {
        World world(german());
        const auto client = world.join(over);
        client->send(rfb::joined({
            rfb::key_event(true, 'z'),
            rfb::key_event(false, 'z'),
            rfb::key_event(true, '/'),
            rfb::key_event(false, '/'),
            rfb::extended_key_event(true, 'z', 0x2C),
        }));
        assert_true(run_until([&] { return world.emulator.keys.size() == 7; }));
        assert_true(codes(world.emulator) == (Codes{{0x15, true},
                                                    {0x15, false},
                                                    {0x2A, true},
                                                    {0x08, true},
                                                    {0x2A, false},
                                                    {0x08, false},
                                                    {0x2C, true}}));
    }
}

// The client's own keys may be held by another one as well.
void a_key_is_the_same_with_and_without_shift(void**) {
    World world(german());
    const auto client = world.join();
    client->send(rfb::joined({
        rfb::key_event(true, 0xFFE1),
        rfb::key_event(true, 'A'),
        rfb::key_event(false, 0xFFE1),
        rfb::key_event(false, 'a'),
    }));
    assert_true(run_until([&] { return world.emulator.keys.size() == 4; }));
    assert_true(codes(world.emulator) ==
                (Codes{{0x2A, true}, {0x1E, true}, {0x2A, false}, {0x1E, false}}));
    client->close();
    assert_true(world.has_clients(0));
    assert_int_equal(world.emulator.keys.size(), 4);
}

// V-31: Shift that was pressed for a key does not stay down, whenever all ends.
void nothing_stays_down_if_all_ends_in_between(void**) {
    for (std::size_t end = 1; end <= 4; ++end) {
        World world(german());
        const auto client = world.join();
        world.emulator.on_any = [&] {
            if (world.emulator.keys.size() == end)
                world.server.reset();
        };
        client->send(
            rfb::joined({rfb::key_event(true, '/'), rfb::key_event(false, '/')}));
        assert_true(run_until([&] { return !world.server; }));
        std::vector<std::uint32_t> down;
        for (const auto& key : world.emulator.keys) {
            std::erase(down, key.xt_keycode.value());
            if (key.down)
                down.push_back(key.xt_keycode.value());
        }
        assert_true(down.empty());
    }
}

void lights_and_lock_keys_are_left_alone_if_they_are_to_be(void**) {
    World world({.keyboard = {.lock_key_sync = false}});
    world.display->set_leds({.caps = true});
    const auto seeing = world.watch({rfb::raw, rfb::led_state});
    const auto blind = world.watch({rfb::raw});
    world.display->set_leds({.caps = false});
    world.draw({0, 0, 4, 4}, 1);
    assert_true(seeing->update(true));
    assert_true(seeing->notes.empty());
    blind->send(rfb::joined({rfb::key_event(true, 'A'), rfb::key_event(false, 'A')}));
    assert_true(run_until([&] { return world.emulator.keys.size() == 2; }));
    assert_int_equal(world.emulator.keys[0].keysym, 'A');
}

/// The texts of the keys that were pressed and make one.
std::string typed(const Emulator& emulator) {
    std::string text;
    for (const auto& key : emulator.keys)
        if (key.down && key.keysym < 0x80)
            text += char(key.keysym);
    return text;
}

vnc::ServerOptions quick() {
    auto options = german();
    options.keyboard.key_delay = std::chrono::milliseconds(1);
    return options;
}

// Keys that clients hold, press and lift while a text is typed do not change it.
void a_text_is_typed_undisturbed(void**) {
    World world(quick());
    const auto client = world.join();
    client->send(
        rfb::joined({rfb::key_event(true, 0xFFE3), rfb::key_event(true, 0xFFE1)}));
    assert_true(run_until([&] { return world.emulator.keys.size() == 2; }));
    assert_int_equal(*world.server->type_text("zeta {1}"), 0);
    assert_int_equal(world.emulator.keys.size(), 4);
    assert_true(world.server->info().typing > 0);
    client->send(rfb::joined({rfb::key_event(false, 0xFFE1), rfb::key_event(true, 0xFFE3),
                              rfb::key_event(true, 'x'), rfb::key_event(false, 0xFFE3)}));
    assert_true(run_until([&] { return typed(world.emulator) == "zeta {1}"; }));
    assert_true(run_until([&] { return world.server->info().typing == 0; }));
    client->send(rfb::joined({rfb::key_event(false, 'x'), rfb::key_event(true, 'y')}));
    assert_true(run_until([&] { return typed(world.emulator) == "zeta {1}y"; }));
    // 2 held by the client, lifted, 18 events and 2 times AltGr, y
    assert_int_equal(world.emulator.keys.size(), 2 + 2 + 16 + 4 + 1);
}

void escape_of_a_client_stops_the_typing(void**) {
    World world(quick());
    const auto client = world.join();
    assert_true(world.server->type_text(std::string(1000, 'a')).has_value());
    assert_true(run_until([&] { return !world.emulator.keys.empty(); }));
    client->send(
        rfb::joined({rfb::key_event(true, 0xFF1B), rfb::key_event(false, 0xFF1B)}));
    assert_true(run_until([&] { return world.server->info().typing == 0; }));
    assert_true(typed(world.emulator).find_first_not_of('a') == std::string::npos);
    assert_false(world.emulator.keys.back().down);
    assert_true(world.server->type_text("b").has_value());
    world.server->stop_typing();
    assert_int_equal(world.server->info().typing, 0);
}

void a_clipboard_is_typed_if_it_is_to_be(void**) {
    auto options = quick();
    options.keyboard.type_clipboard = true;
    World world(options);
    const auto client = world.join();
    client->send(rfb::cut_text("Paste\xE4"));
    assert_true(run_until([&] { return typed(world.emulator) == "Paste"; }));
    assert_true(run_until([&] { return world.server->info().typing == 0; }));
    assert_int_equal(world.emulator.keys.back().xt_keycode.value_or(0), 0x28);
    client->send(rfb::cut_text(std::string(1 << 20, 'x')));
    assert_true(client->sync());
    assert_int_equal(world.server->info().typing, 0);
    assert_true(world.emulator.texts.empty());
}

void typing_takes_a_layout(void**) {
    World world;
    assert_true(world.server->type_text("a").error().kind == ErrorKind::not_supported);
}

// V-31: the server goes while it types
void a_server_that_goes_lifts_what_it_typed(void**) {
    for (std::size_t end = 1; end <= 4; ++end) {
        World world(quick());
        world.emulator.on_any = [&] {
            if (world.emulator.keys.size() == end)
                world.server.reset();
        };
        assert_true(world.server->type_text("AB").has_value());
        assert_true(run_until([&] { return !world.server; }));
        drain();
        int down = 0;
        for (const auto& key : world.emulator.keys)
            down += key.down ? 1 : -1;
        assert_int_equal(down, 0);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(keysyms_arrive_with_scan_codes),
        cmocka_unit_test(a_key_is_the_same_with_and_without_shift),
        cmocka_unit_test(nothing_stays_down_if_all_ends_in_between),
        cmocka_unit_test(a_text_is_typed_undisturbed),
        cmocka_unit_test(escape_of_a_client_stops_the_typing),
        cmocka_unit_test(a_clipboard_is_typed_if_it_is_to_be),
        cmocka_unit_test(typing_takes_a_layout),
        cmocka_unit_test(a_server_that_goes_lifts_what_it_typed),
        cmocka_unit_test(lights_and_lock_keys_are_left_alone_if_they_are_to_be),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
