// The extensions end to end: acknowledgements, pointer, lights, fences, power, sound.
#include <array>
#include <string>
#include <vector>

#include "tests/ui/vnc/rfb/written.hpp"
#include "tests/ui/vnc/world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

std::size_t count(const RfbClient& client, int encoding) {
    return std::size_t(std::ranges::count(client.notes, encoding, &RfbNote::encoding));
}

/// The messages of one type, as hexadecimal text with blanks between them.
std::string messages(const RfbClient& client, int type) {
    std::string all;
    for (const auto& message : client.messages)
        if (message[0] == std::byte(type))
            all += (all.empty() ? "" : " ") + hex(message);
    return all;
}

bool comes(RfbClient& client, int type, const std::string& text) {
    return client.wait_for([&] { return messages(client, type) == text; });
}

/// Whether the server ends this client.
bool is_refused(RfbClient& client, ByteView message) {
    client.send(message);
    return run_until([&] { return client.has_ended(); });
}

// P-RFB-10: each acknowledgement once for each SetEncodings, however often it is listed
void acknowledgements_come_once_per_list(void**) {
    World world;
    const auto client = world.join();
    std::vector<int> list;
    for (int i = 0; i < 200; ++i)
        for (const int encoding : {rfb::extended_key, rfb::audio, rfb::fence, rfb::xvp,
                                   rfb::extended_mouse_buttons, rfb::pointer_motion})
            list.push_back(encoding);
    client->send(rfb::set_encodings(list));
    assert_true(client->update(false));
    client->send(rfb::repeated(rfb::set_encodings(list), 100));
    assert_true(client->update(false) && client->update(false));
    assert_true(client->broken().empty());
    assert_int_equal(client->key_acks, 2);
    for (const int encoding :
         {rfb::audio, rfb::extended_mouse_buttons, rfb::pointer_motion})
        assert_int_equal(count(*client, encoding), 2);
    assert_string_equal(messages(*client, 250).c_str(), "");
}

// V-32: messages of extensions that were not negotiated end the session
void refuses_messages_that_were_not_negotiated(void**) {
    for (const auto& message : {rfb::fence_message(0, ""), rfb::xvp_message(2),
                                rfb::audio_message(0), rfb::audio_format(3, 2, 44100),
                                rfb::clipboard(Bytes(4)), Bytes{std::byte(150)}}) {
        World world;
        const auto client = world.watch({rfb::raw});
        assert_true(is_refused(*client, message));
    }
}

// P-RFB-19: without permission power control is not even offered
void power_control_needs_permission(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::xvp});
    assert_true(is_refused(*client, rfb::xvp_message(2)));
    assert_true(world.emulator.powers.empty());
}

// P-RFB-19: what is not done, or not known, fails
void power_requests_reach_the_emulator(void**) {
    World world({.power_control = true});
    const auto client = world.watch({rfb::raw, rfb::xvp});
    assert_true(comes(*client, 250, "fa000101"));
    client->send(
        rfb::joined({rfb::xvp_message(2), rfb::xvp_message(3), rfb::xvp_message(4)}));
    assert_true(run_until([&] { return world.emulator.powers.size() == 3; }));
    assert_true(world.emulator.powers ==
                (std::vector{ui::PowerAction::shut_down, ui::PowerAction::reboot,
                             ui::PowerAction::reset}));
    for (const unsigned code : {0u, 1u, 5u, 255u})
        client->send(rfb::xvp_message(code));
    assert_true(client->wait_for([&] { return messages(*client, 250).size() > 8; }));
    assert_true(messages(*client, 250).starts_with("fa000101 fa000100"));
    assert_int_equal(world.emulator.powers.size(), 3);
    const auto before = client->messages.size();
    world.emulator.power_answer = false;
    drain();
    client->send(rfb::xvp_message(4));
    assert_true(client->wait_for([&] { return client->messages.size() > before; }));
}

void power_requests_reach_the_program_instead(void**) {
    std::vector<std::string> wishes;
    World world({.power_control = true,
                 .events = {.power_wanted = [&](const vnc::ClientInfo& client,
                                                ui::PowerAction action) {
                     wishes.push_back(std::to_string(client.id) + " " +
                                      std::to_string(int(action)));
                     return action != ui::PowerAction::reboot;
                 }}});
    const auto client = world.watch({rfb::raw, rfb::xvp});
    assert_true(comes(*client, 250, "fa000101"));
    client->send(rfb::xvp_message(4));
    client->send(rfb::xvp_message(3));
    assert_true(client->wait_for([&] { return messages(*client, 250).size() > 8; }));
    assert_string_equal(messages(*client, 250).c_str(), "fa000101 fa000100");
    assert_true(wishes == std::vector<std::string>({"1 2", "1 1"}));
    assert_true(world.emulator.powers.empty());
}

// O-16, P-RFB-20: a fence that carries too much ends its sender
void refuses_fences_of_more_than_64_bytes(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::fence});
    assert_true(
        is_refused(*client, rfb::fence_message(0x80000000, std::string(65, 'x'))));
}

void nine_buttons_reach_the_emulator(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::extended_mouse_buttons});
    assert_int_equal(count(*client, rfb::extended_mouse_buttons), 1);
    auto extended = rfb::pointer_event(0x81, 1, 2);
    extended.push_back(std::byte(3));
    client->send(rfb::joined({extended, rfb::pointer_event(0x60, 3, 4)}));
    assert_true(run_until([&] { return world.emulator.pointers.size() == 2; }));
    assert_true(world.emulator.pointers ==
                (std::vector<ui::PointerEvent>{{1, 2, 0x181}, {3, 4, 0x60}}));
    client->close();
    assert_true(run_until([&] { return world.emulator.pointers.size() == 3; }));
    assert_int_equal(world.emulator.pointers.back().buttons, 0);
}

void a_client_with_motion_is_told_what_is_wanted(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::pointer_motion});
    assert_int_equal(client->notes.back().rect.x, 1);
    client->send(rfb::pointer_event(0, 10, 20));
    assert_true(run_until([&] { return world.emulator.pointers.size() == 1; }));
    world.display->set_pointer_mode(ui::PointerMode::relative);
    assert_true(client->update(true));
    assert_int_equal(client->notes.back().rect.x, 0);
    client->send(rfb::joined({rfb::pointer_event(1, 0x7FFF + 5, 0x7FFF - 7),
                              rfb::pointer_event(1, 0, 0xFFFF)}));
    assert_true(run_until([&] { return world.emulator.motions.size() == 2; }));
    assert_true(world.emulator.motions ==
                (std::vector<std::array<int, 3>>{{5, -7, 1}, {-0x7FFF, 0x8000, 1}}));
    client->close();
    assert_true(run_until([&] { return world.emulator.motions.size() == 3; }));
    assert_true(world.emulator.motions.back() == (std::array<int, 3>{0, 0, 0}));
}

void a_client_without_motion_is_watched(void**) {
    World world;
    world.display->set_pointer_mode(ui::PointerMode::relative);
    const auto client = world.watch({rfb::raw});
    client->send(
        rfb::joined({rfb::pointer_event(0, 10, 20), rfb::pointer_event(2, 8, 25)}));
    assert_true(run_until([&] { return world.emulator.motions.size() == 2; }));
    assert_true(world.emulator.motions ==
                (std::vector<std::array<int, 3>>{{0, 0, 0}, {-2, 5, 2}}));
}

void lights_are_told_once_they_are_known(void**) {
    World world;
    const auto qemu = world.watch({rfb::raw, rfb::led_state, rfb::vmware_led_state});
    const auto vmware = world.watch({rfb::raw, rfb::vmware_led_state});
    assert_true(qemu->notes.empty() && vmware->notes.empty());
    world.display->set_leds({.num = true, .caps = true});
    assert_true(qemu->update(true) && vmware->update(true));
    assert_string_equal(hex(qemu->notes.at(0).payload).c_str(), "06");
    assert_string_equal(hex(vmware->notes.at(0).payload).c_str(), "00000006");
    assert_true(qemu->notes.size() == 1 && vmware->notes.size() == 1);
}

void lock_keys_follow_clients_that_do_not_see_lights(void**) {
    World world;
    world.display->set_leds({});
    const auto blind = world.watch({rfb::raw});
    blind->send(rfb::joined({rfb::key_event(true, 'A'), rfb::key_event(false, 'A')}));
    assert_true(run_until([&] { return world.emulator.keys.size() == 4; }));
    assert_int_equal(world.emulator.keys[0].keysym, 0xFFE5);
    assert_false(world.emulator.keys[1].down);
    const auto seeing = world.watch({rfb::raw, rfb::led_state});
    seeing->send(rfb::joined({rfb::key_event(true, 'A'), rfb::key_event(false, 'A')}));
    assert_true(run_until([&] { return world.emulator.keys.size() == 6; }));
}

void the_best_cursor_is_sent(void**) {
    World world;
    world.display->set_cursor(*ui::Cursor::make(1, 1, 0, 0, {0x80FF8040}));
    const struct {
        std::vector<int> list;
        int encoding;
        const char* payload;
    } rows[] = {
        {{rfb::x_cursor, rfb::cursor_with_alpha, rfb::cursor, rfb::vmware_cursor},
         rfb::cursor_with_alpha,
         "0000000080402080"},
        {{rfb::cursor, rfb::vmware_cursor}, rfb::vmware_cursor, "0100ff804080"},
        {{rfb::x_cursor},
         rfb::x_cursor,
         "ff804000000080"
         "80"},
    };
    for (const auto& row : rows) {
        const auto client = world.join();
        client->send(rfb::set_encodings(row.list));
        assert_true(client->update(false));
        assert_int_equal(client->notes.size(), 1);
        assert_int_equal(client->notes[0].encoding, row.encoding);
        assert_string_equal(hex(client->notes[0].payload).c_str(), row.payload);
    }
    const auto rich = world.watch({rfb::raw, rfb::x_cursor, rfb::cursor});
    assert_true(rich->cursors.size() == 1 && rich->notes.empty());
}

void the_pointer_is_hidden_shown_and_moved(void**) {
    World world;
    world.display->set_cursor(*ui::Cursor::make(1, 1, 0, 0, {0xFFFFFFFF}));
    const auto client = world.watch({rfb::raw, rfb::cursor, rfb::pointer_position});
    const auto vmware =
        world.watch({rfb::raw, rfb::vmware_cursor, rfb::vmware_cursor_state,
                     rfb::vmware_cursor_position});
    world.display->set_pointer_visible(false);
    world.display->move_pointer({5, 60000});
    assert_true(client->update(true) && vmware->update(true));
    assert_int_equal(client->cursors.back().width, 0);
    assert_int_equal(client->notes.back().encoding, rfb::pointer_position);
    assert_true(client->notes.back().rect == (ui::Rect{5, 47, 0, 0}));
    assert_int_equal(vmware->notes.back().encoding, rfb::vmware_cursor_position);
    assert_int_equal(count(*vmware, rfb::vmware_cursor_state), 1);
    world.display->set_pointer_visible(true);
    assert_true(client->update(true) && vmware->update(true));
    assert_int_equal(client->cursors.back().width, 1);
    assert_string_equal(hex(vmware->notes.back().payload).c_str(), "0001");
}

void a_mode_change_tells_the_size_to_who_knows_no_better(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::vmware_display_mode});
    world.show(100, 80);
    drain();
    assert_true(client->sync());
    assert_int_equal(client->width(), 100);
    assert_int_equal(count(*client, rfb::vmware_display_mode), 1);
    assert_true(client->shows(*world.surface));
    const auto other =
        world.watch({rfb::raw, rfb::vmware_display_mode, rfb::desktop_size});
    world.show(64, 48);
    drain();
    assert_true(other->sync());
    assert_int_equal(count(*other, rfb::vmware_display_mode), 0);
}

constexpr ui::AudioFormat tone{.rate = 44100, .channels = 1};

// P-RFB-18: sound begins, comes in the client's format, and ends
void sound_reaches_who_wants_it(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::audio});
    const auto deaf = world.watch({rfb::raw, rfb::audio});
    client->send(rfb::joined(
        {rfb::audio_format(1, 2, 44100), rfb::audio_message(0), rfb::audio_message(0)}));
    assert_true(run_until([&] { return world.display->audio_wanted(); }));
    assert_true(world.display->play_audio(tone, std::array{0.5f, -1.0f}).has_value());
    assert_true(comes(*client, 255,
                      "ff010001 ff01000200000004"
                      "40408080"));
    world.display->stop_audio();
    assert_true(
        client->wait_for([&] { return messages(*client, 255).ends_with(" ff010000"); }));
    assert_string_equal(messages(*deaf, 255).c_str(), "");
    client->send(rfb::audio_message(1));
    assert_true(run_until([&] { return !world.display->audio_wanted(); }));
}

// P-RFB-18: a client that leaves while it hears takes its ears with it
void nobody_listens_for_a_client_that_left(void**) {
    World world;
    const auto client = world.watch({rfb::raw, rfb::audio});
    client->send(rfb::audio_message(0));
    assert_true(run_until([&] { return world.display->audio_wanted(); }));
    client->close();
    assert_true(run_until([&] { return !world.display->audio_wanted(); }));
    const auto last = world.watch({rfb::raw, rfb::audio});
    last->send(rfb::audio_message(0));
    assert_true(run_until([&] { return world.display->audio_wanted(); }));
    world.server.reset();
    assert_false(world.display->audio_wanted());
}

// P-RFB-18: sound that a slow reader cannot take is dropped
void sound_for_a_slow_reader_is_dropped(void**) {
    World world;
    world.pipe_bytes = 4096;
    const auto client = world.watch({rfb::raw, rfb::audio});
    client->send(rfb::audio_message(0));
    assert_true(run_until([&] { return world.display->audio_wanted(); }));
    client->pause();
    const std::vector<float> piece(4410, 0.25f);
    for (int i = 0; i < 200; ++i) {
        assert_true(world.display->play_audio(tone, piece).has_value());
        drain();
    }
    client->resume();
    client->only_count();
    drain();
    assert_true(client->received() < 1024 * 1024);
    assert_true(world.has_clients(1));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(acknowledgements_come_once_per_list),
        cmocka_unit_test(refuses_messages_that_were_not_negotiated),
        cmocka_unit_test(power_control_needs_permission),
        cmocka_unit_test(power_requests_reach_the_emulator),
        cmocka_unit_test(power_requests_reach_the_program_instead),
        cmocka_unit_test(refuses_fences_of_more_than_64_bytes),
        cmocka_unit_test(nine_buttons_reach_the_emulator),
        cmocka_unit_test(a_client_with_motion_is_told_what_is_wanted),
        cmocka_unit_test(a_client_without_motion_is_watched),
        cmocka_unit_test(lights_are_told_once_they_are_known),
        cmocka_unit_test(lock_keys_follow_clients_that_do_not_see_lights),
        cmocka_unit_test(the_best_cursor_is_sent),
        cmocka_unit_test(the_pointer_is_hidden_shown_and_moved),
        cmocka_unit_test(a_mode_change_tells_the_size_to_who_knows_no_better),
        cmocka_unit_test(sound_reaches_who_wants_it),
        cmocka_unit_test(nobody_listens_for_a_client_that_left),
        cmocka_unit_test(sound_for_a_slow_reader_is_dropped),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
