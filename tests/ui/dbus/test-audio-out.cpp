// What the machine plays, as the displays hear it.
#include "ui/dbus/audio-out.hpp"

#include <string>

#include "tests/support/loop.hpp"
#include "tests/ui/dbus/machine-world.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::dbus;
using namespace qio::test;

namespace {

struct World : PeerWorld {
    bool listens() {
        return meet() && run_until([&] { return fake.has_listener("Audio"); });
    }
    std::string say(const char* method, GVariant* arguments) {
        return fake.ask(method, arguments, {}, "Audio");
    }
    std::string init(std::uint64_t id, int bits = 16, int channels = 2) {
        return say("Init", g_variant_new("(tybbuyuub)", id, bits, TRUE, FALSE, 48000u,
                                         channels, 4, 192000, FALSE));
    }
    std::string enable(std::uint64_t id, bool enabled = true) {
        return say("SetEnabled", g_variant_new("(tb)", id, enabled));
    }
    /// A stream that plays what comes.
    void begin(std::uint64_t id) { (void)init(id), (void)enable(id); }
    std::string write(std::uint64_t id, std::vector<std::int16_t> samples) {
        return say("Write", g_variant_new("(t@ay)", id,
                                          g_variant_new_fixed_array(
                                              G_VARIANT_TYPE_BYTE, samples.data(),
                                              samples.size() * 2, 1)));
    }
    std::string volume(std::uint64_t id, bool mute, std::vector<std::uint8_t> levels) {
        return say("SetVolume", g_variant_new("(tb@ay)", id, mute,
                                              g_variant_new_fixed_array(
                                                  G_VARIANT_TYPE_BYTE, levels.data(),
                                                  levels.size(), 1)));
    }
};

/// A viewer that listens.
struct Ear {
    explicit Ear(std::shared_ptr<ui::Display> heard) : viewer(std::move(heard)) {
        viewer.display().want_audio(viewer, true);
    }
    ui::DisplayChanges take() { return viewer.take(); }
    Viewer viewer;
};

void plays_on_every_display(void**) {
    World world;
    world.fake.add_console(1, "second");
    assert_true(world.listens());
    Ear first(world.machine.consoles()[0]->display());
    Ear second(world.machine.consoles()[1]->display());
    assert_string_equal(world.init(7).c_str(), "");
    assert_string_equal(world.enable(7).c_str(), "");
    assert_string_equal(world.write(7, {0x4000, -0x4000}).c_str(), "");
    const ui::AudioChunk wanted{{48000, 2}, {0.5f, -0.5f}};
    auto changes = first.take();
    assert_true(changes.audio_playing);
    assert_true(changes.audio == wanted);
    assert_true(second.take().audio == wanted);
    assert_string_equal(world.enable(7, false).c_str(), "");
    assert_false(first.take().audio_playing);
}

void mixes_what_several_streams_play(void**) {
    World world;
    assert_true(world.listens());
    Ear ear(world.console().display());
    world.begin(1), world.begin(2);
    (void)world.write(1, {0x1000, 0x1000});
    (void)world.write(2, {0x2000, 0});
    (void)world.write(1, {0x1000, 0x1000});
    assert_true(
        (ear.take().audio.samples == std::vector{0.125f, 0.125f, 0.375f, 0.125f}));
    // Then the other one goes on alone.
    (void)world.enable(1, false);
    (void)world.write(2, {0x2000, 0});
    auto changes = ear.take();
    assert_true(changes.audio_playing);
    assert_true((changes.audio.samples == std::vector{0.25f, 0.0f}));
}

void works_only_for_viewers_that_listen(void**) {
    World world;
    assert_true(world.listens());
    Ear ear(world.console().display());
    world.begin(1), world.begin(2);
    (void)world.write(1, {0x1000, 0x1000});
    (void)ear.take();
    ear.viewer.display().want_audio(ear.viewer, false);
    (void)world.write(2, {0x2000, 0x2000});
    auto changes = ear.take();
    assert_true(changes.audio_playing);
    assert_true(changes.audio.samples.empty());
    // What nobody has heard does not come later.
    ear.viewer.display().want_audio(ear.viewer, true);
    (void)world.write(1, {0x1000, 0x1000});
    assert_true((ear.take().audio.samples == std::vector{0.125f, 0.125f}));
}

// As long as nobody listens, that there is sound is still told.
void tells_viewers_that_do_not_listen_that_there_is_sound(void**) {
    World world;
    assert_true(world.listens());
    Viewer viewer(world.console().display());
    world.begin(1);
    (void)world.write(1, {1, 1});
    assert_true(viewer.take().audio_playing);
    (void)world.enable(1, false);
    assert_false(viewer.take().audio_playing);
}

void obeys_the_volume(void**) {
    World world;
    assert_true(world.listens());
    Ear ear(world.console().display());
    world.begin(1);
    assert_string_equal(world.volume(1, false, {255, 0, 99, 99}).c_str(), "");
    (void)world.write(1, {0x4000, 0x4000});
    assert_true((ear.take().audio.samples == std::vector{0.5f, 0.0f}));
    assert_string_equal(world.volume(1, true, {}).c_str(), "");
    (void)world.write(1, {0x4000, 0x4000});
    assert_true((ear.take().audio.samples == std::vector{0.0f, 0.0f}));
}

void refuses_formats_and_streams_that_it_does_not_know(void**) {
    World world;
    assert_true(world.listens());
    Ear ear(world.console().display());
    constexpr char invalid[] = "org.qemu.Display1.Error.Invalid";
    assert_string_equal(world.init(1, 24).c_str(), invalid);
    assert_string_equal(world.init(1, 16, 0).c_str(), invalid);
    assert_string_equal(world.enable(1).c_str(), invalid);
    assert_string_equal(world.write(1, {1, 1}).c_str(), invalid);
    assert_string_equal(world.volume(1, false, {1}).c_str(), invalid);
    assert_string_equal(world.say("Fini", g_variant_new("(t)", guint64(1))).c_str(), "");
    assert_string_equal(world.say("Write", nullptr).c_str(),
                        "org.freedesktop.DBus.Error.UnknownMethod");
    assert_false(ear.take().audio_playing);
}

void hears_only_streams_that_are_enabled(void**) {
    World world;
    assert_true(world.listens());
    Ear ear(world.console().display());
    (void)world.init(1);
    assert_string_equal(world.write(1, {1, 1}).c_str(), "");
    assert_true(ear.take().audio.samples.empty());
    (void)world.enable(1);
    (void)world.write(1, {1, 1});
    assert_int_equal(ear.take().audio.samples.size(), 2);
    (void)world.say("Fini", g_variant_new("(t)", guint64(1)));
    assert_false(ear.take().audio_playing);
}

void takes_a_bounded_number_of_streams(void**) {
    World world;
    assert_true(world.listens());
    for (std::uint64_t id = 0; id < AudioListener::max_streams; ++id)
        assert_string_equal(world.init(id).c_str(), "");
    assert_string_not_equal(world.init(1000).c_str(), "");
    assert_string_equal(world.init(3).c_str(), ""); // one that it knows
}

void listens_again_when_it_was_lost_or_refused(void**) {
    World world;
    world.fake.refuse("RegisterOutListener", "org.qemu.Display1.Error.Failed");
    assert_true(world.meet());
    assert_true(
        run_until([&] { return world.fake.calls("RegisterOutListener").size() >= 2; }));
    world.fake.release();
    assert_true(run_until([&] { return world.fake.has_listener("Audio"); }));
    Ear ear(world.console().display());
    world.begin(1);
    (void)world.write(1, {1, 1});
    assert_true(ear.take().audio_playing);

    world.fake.close_listener("Audio");
    assert_true(run_until([&] { return !ear.take().audio_playing; }));
    assert_true(run_until([&] { return world.fake.has_listener("Audio"); }));
    assert_string_equal(world.init(1).c_str(), "");
    assert_string_equal(world.enable(1).c_str(), "");
    (void)world.write(1, {0x4000, 0x4000});
    assert_true((ear.take().audio.samples == std::vector{0.5f, 0.5f}));
}

void is_silent_when_the_machine_has_gone(void**) {
    World world;
    assert_true(world.listens());
    Ear ear(world.console().display());
    world.begin(1);
    (void)world.write(1, {1, 1});
    assert_true(ear.take().audio_playing);
    world.fake.leave();
    assert_true(run_until([&] { return world.log.vanished > 0; }));
    assert_false(ear.take().audio_playing);
}

void does_without_sound_where_there_is_none(void**) {
    World world;
    world.fake.remove_object("/org/qemu/Display1/Audio");
    world.fake.remove_object("/org/qemu/Display1/Clipboard");
    assert_true(world.meet());
    drain();
    assert_true(world.fake.calls("RegisterOutListener").empty());
    assert_true(world.fake.calls("Register()").empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(plays_on_every_display),
        cmocka_unit_test(mixes_what_several_streams_play),
        cmocka_unit_test(works_only_for_viewers_that_listen),
        cmocka_unit_test(tells_viewers_that_do_not_listen_that_there_is_sound),
        cmocka_unit_test(obeys_the_volume),
        cmocka_unit_test(refuses_formats_and_streams_that_it_does_not_know),
        cmocka_unit_test(hears_only_streams_that_are_enabled),
        cmocka_unit_test(takes_a_bounded_number_of_streams),
        cmocka_unit_test(listens_again_when_it_was_lost_or_refused),
        cmocka_unit_test(is_silent_when_the_machine_has_gone),
        cmocka_unit_test(does_without_sound_where_there_is_none),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
