// Texts that the machine and its viewers copy, and who has the newer one.
#include "ui/dbus/clipboard.hpp"

#include <string>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"
#include "ui/dbus/names.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

constexpr char text_type[] = "text/plain;charset=utf-8";

/// The machine has taken part by now.
bool meet(PeerWorld& world) {
    return world.meet() &&
           run_until([&] { return !world.fake.calls("Register()").empty(); });
}

std::string ask(PeerWorld& world, const char* method, GVariant* arguments,
                VariantRef* reply = nullptr) {
    return world.fake.ask_client(names::clipboard_path, names::clipboard, method,
                                 arguments, reply);
}

std::string grab(PeerWorld& world, unsigned serial, const char* type = text_type,
                 unsigned selection = 0) {
    const char* const types[] = {"image/png", type};
    return ask(world, "Grab",
               g_variant_new("(uu@as)", selection, serial, g_variant_new_strv(types, 2)));
}

std::string request(PeerWorld& world, const char* type = text_type) {
    const char* const types[] = {type};
    VariantRef reply;
    const auto error =
        ask(world, "Request", g_variant_new("(u@as)", 0, g_variant_new_strv(types, 1)),
            &reply);
    if (!reply)
        return "error " + error;
    const auto bytes = bytes_of(reply.get(), 1);
    const void* text = bytes.data();
    return {static_cast<const char*>(text), bytes.size()};
}

void fetches_the_machines_text_when_it_is_wanted(void**) {
    PeerWorld world;
    assert_true(meet(world));
    Viewer viewer(world.console().display());
    assert_string_equal(grab(world, 1).c_str(), "");
    const auto announced = viewer.take().clipboard;
    assert_true(announced.has_text);
    assert_null(announced.text.get());
    assert_true(world.fake.calls("Request").empty());
    world.input().clipboard_wanted();
    world.input().clipboard_wanted(); // one question is enough
    assert_true(run_until([&] { return viewer.take().clipboard.text != nullptr; }));
    assert_string_equal(viewer.take().clipboard.text->c_str(), "from the machine");
    assert_int_equal(world.fake.calls("Request").size(), 1);
}

// The machine stands still until it has the text.
void gives_viewers_texts_while_its_main_context_stands_still(void**) {
    PeerWorld world;
    assert_true(meet(world));
    assert_true(request(world).starts_with("error "));
    world.input().cut_text("grüß");
    assert_true(run_until([&] { return !world.fake.calls("Grab").empty(); }));
    assert_string_equal(world.fake.calls("Grab").front().c_str(),
                        "Clipboard Grab(0, 1, ['text/plain;charset=utf-8'])");
    assert_string_equal(request(world).c_str(), "grüß");
    assert_true(request(world, "text/html").starts_with("error "));
}

void prefers_the_newer_grab_and_of_two_its_own(void**) {
    PeerWorld world;
    assert_true(meet(world));
    Viewer viewer(world.console().display());
    world.input().cut_text("one"); // serial 1
    assert_string_equal(grab(world, 1).c_str(), "");
    assert_string_equal(request(world).c_str(), "one");
    assert_false(viewer.take().clipboard.has_text);
    assert_string_equal(grab(world, 2).c_str(), "");
    assert_true(request(world).starts_with("error "));
    assert_true(viewer.take().clipboard.has_text);
    world.input().cut_text("three");
    assert_true(run_until([&] { return world.fake.calls("Grab").size() >= 2; }));
    assert_string_equal(world.fake.calls("Grab").back().c_str(),
                        "Clipboard Grab(0, 3, ['text/plain;charset=utf-8'])");
    assert_string_equal(ask(world, "Register", nullptr).c_str(), "");
    assert_string_equal(grab(world, 1).c_str(), ""); // the numbers begin anew
    assert_true(request(world).starts_with("error "));
}

void ignores_other_selections_and_what_is_no_text(void**) {
    PeerWorld world;
    assert_true(meet(world));
    Viewer viewer(world.console().display());
    assert_string_equal(grab(world, 1, text_type, 1).c_str(), "");
    assert_false(viewer.take().clipboard.has_text);
    assert_string_equal(grab(world, 2).c_str(), "");
    assert_true(viewer.take().clipboard.has_text);
    assert_string_equal(ask(world, "Release", g_variant_new("(u)", 2)).c_str(), "");
    assert_true(viewer.take().clipboard.has_text);
    assert_string_equal(grab(world, 3, "image/jpeg").c_str(), "");
    assert_false(viewer.take().clipboard.has_text);
    assert_string_equal(ask(world, "Grab", g_variant_new("(u)", 1)).c_str(),
                        "org.freedesktop.DBus.Error.UnknownMethod");
}

void forgets_a_text_that_is_released(void**) {
    PeerWorld world;
    assert_true(meet(world));
    Viewer viewer(world.console().display());
    assert_string_equal(grab(world, 1).c_str(), "");
    assert_string_equal(ask(world, "Release", g_variant_new("(u)", 0)).c_str(), "");
    assert_false(viewer.take().clipboard.has_text);
    assert_string_equal(grab(world, 2).c_str(), "");
    world.fake.leave();
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    assert_false(viewer.take().clipboard.has_text);
}

/// The machine was asked for its text by now, and has not answered.
bool is_asked(PeerWorld& world) {
    if (!meet(world) || !grab(world, 1).empty())
        return false;
    world.fake.withhold("Request");
    world.input().clipboard_wanted();
    return run_until([&] { return world.fake.calls("Request").size() == 1; });
}

void keeps_a_viewers_text_from_a_late_answer(void**) {
    PeerWorld world;
    assert_true(is_asked(world));
    Viewer viewer(world.console().display());
    world.input().cut_text("newer");
    assert_true(run_until([&] { return !world.fake.calls("Grab").empty(); }));
    world.fake.release();
    assert_string_equal(request(world).c_str(), "newer"); // it came after the answer
    drain();
    assert_null(viewer.take().clipboard.text.get());
}

// What was asked for before is not what was announced since.
void asks_again_for_a_newer_text(void**) {
    PeerWorld world;
    assert_true(is_asked(world));
    Viewer viewer(world.console().display());
    assert_string_equal(grab(world, 2).c_str(), "");
    world.input().clipboard_wanted();
    world.fake.refuse_oldest("org.qemu.Display1.Error.Failed");
    assert_true(run_until([&] { return world.fake.calls("Request").size() == 2; }));
    assert_null(viewer.take().clipboard.text.get());
    // The second answer is late, too: there is no text any more.
    assert_string_equal(grab(world, 3, "image/bmp").c_str(), "");
    world.fake.release();
    drain();
    assert_false(viewer.take().clipboard.has_text);
    assert_string_equal(grab(world, 4).c_str(), "");
    world.input().clipboard_wanted();
    assert_true(run_until([&] { return viewer.take().clipboard.text != nullptr; }));
}

// QEMU has one partner at a time.
void takes_part_when_another_has_left(void**) {
    PeerWorld world;
    world.fake.refuse("Register", "org.qemu.Display1.Error.Failed");
    assert_true(meet(world));
    assert_true(run_until([&] { return world.fake.calls("Register()").size() >= 2; }));
    world.fake.release();
    world.input().cut_text("text");
    assert_true(run_until([&] { return !world.fake.calls("Grab").empty(); }));
    assert_string_equal(request(world).c_str(), "text");
}

void grabs_no_oftener_than_the_machine_keeps_up_with(void**) {
    PeerWorld world;
    assert_true(meet(world));
    world.fake.withhold("Grab");
    for (int i = 1; i <= 1000; ++i)
        world.input().cut_text("text " + std::to_string(i));
    assert_true(run_until([&] { return !world.fake.calls("Grab").empty(); }));
    world.input().key({.keysym = 0, .xt_keycode = 30, .down = true});
    assert_true(run_until([&] { return !world.fake.calls("Press(").empty(); }));
    assert_int_equal(world.fake.calls("Grab").size(), 1);
    assert_string_equal(request(world).c_str(), "text 1000");
    world.fake.release();
    assert_true(run_until([&] { return world.fake.calls("Grab").size() >= 2; }));
    assert_string_equal(world.fake.calls("Grab").back().c_str(),
                        "Clipboard Grab(0, 1000, ['text/plain;charset=utf-8'])");
}

void offers_a_viewers_text_to_the_next_machine(void**) {
    PeerWorld world;
    assert_true(meet(world));
    world.input().cut_text("one");
    world.input().cut_text("two");
    assert_true(run_until([&] { return world.fake.calls("Grab").size() == 2; }));
    for (std::size_t grabs = 3; grabs <= 4; ++grabs) {
        world.fake.leave();
        assert_true(run_until([&] { return world.log.vanished > 0; }));
        world.source.reset();
        world.log = {};
        assert_true(meet(world));
        assert_true(run_until([&] { return world.fake.calls("Grab").size() == grabs; }));
        assert_string_equal(world.fake.calls("Grab").back().c_str(),
                            "Clipboard Grab(0, 1, ['text/plain;charset=utf-8'])");
        assert_string_equal(request(world).c_str(), "two");
    }
    // A text that the machine has copied since is gone with it.
    assert_string_equal(grab(world, 2).c_str(), "");
    world.fake.leave();
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    world.source.reset();
    world.log = {};
    assert_true(meet(world));
    assert_true(request(world).starts_with("error "));
    assert_int_equal(world.fake.calls("Grab").size(), 4);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(fetches_the_machines_text_when_it_is_wanted),
        cmocka_unit_test(gives_viewers_texts_while_its_main_context_stands_still),
        cmocka_unit_test(prefers_the_newer_grab_and_of_two_its_own),
        cmocka_unit_test(ignores_other_selections_and_what_is_no_text),
        cmocka_unit_test(forgets_a_text_that_is_released),
        cmocka_unit_test(offers_a_viewers_text_to_the_next_machine),
        cmocka_unit_test(keeps_a_viewers_text_from_a_late_answer),
        cmocka_unit_test(asks_again_for_a_newer_text),
        cmocka_unit_test(takes_part_when_another_has_left),
        cmocka_unit_test(grabs_no_oftener_than_the_machine_keeps_up_with),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
