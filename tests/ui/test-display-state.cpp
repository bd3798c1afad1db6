// What a display tells besides pictures: pointer, lights, clipboard, sound.
#include "ui/display.hpp"

#include <array>
#include <string>
#include <vector>

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::ui;

namespace {

struct CountingListener final : DisplayListener {
    int calls = 0;
    void display_changed() noexcept override { ++calls; }
};

/// A display whose listener has taken all there was.
struct Fixture {
    Display display;
    CountingListener listener;

    Fixture() {
        display.add_listener(listener);
        display.take_changes(listener);
        listener.calls = 0;
    }
    ~Fixture() { display.remove_listener(listener); }
    DisplayChanges take() { return display.take_changes(listener); }
};

void pointer_changes_are_told_once(void**) {
    Fixture fixture;
    fixture.display.set_pointer_mode(PointerMode::absolute);
    fixture.display.set_pointer_visible(true);
    assert_int_equal(fixture.listener.calls, 0);
    fixture.display.set_pointer_mode(PointerMode::relative);
    fixture.display.set_pointer_visible(false);
    auto changes = fixture.take();
    assert_true(changes.pointer_changed && !changes.pointer_visible);
    assert_true(changes.pointer_mode == PointerMode::relative);
    assert_false(changes.pointer_moved.has_value());
    fixture.display.move_pointer({1, 2});
    fixture.display.move_pointer({3, 4});
    changes = fixture.take();
    assert_true(changes.pointer_moved == (Point{3, 4}) && !changes.pointer_changed);
    assert_false(fixture.take().pointer_moved.has_value());
}

void who_comes_later_is_told_where_the_pointer_is(void**) {
    Fixture fixture;
    assert_false(fixture.take().pointer_moved.has_value());
    fixture.display.move_pointer({3, 4});
    CountingListener late;
    fixture.display.add_listener(late);
    assert_true(fixture.display.take_changes(late).pointer_moved == (Point{3, 4}));
    assert_false(fixture.display.take_changes(late).pointer_moved.has_value());
    fixture.display.remove_listener(late);
}

void leds_are_unknown_until_they_are_told(void**) {
    Fixture fixture;
    assert_false(fixture.take().leds.has_value());
    fixture.display.set_leds({});
    auto changes = fixture.take();
    assert_true(changes.leds_changed && changes.leds == LockLeds{});
    fixture.display.set_leds({.caps = true});
    fixture.display.set_leds({.caps = true});
    assert_int_equal(fixture.listener.calls, 2);
    changes = fixture.take();
    assert_true(changes.leds_changed && changes.leds->caps);
    assert_false(fixture.take().leds_changed);
}

void a_text_is_new_each_time(void**) {
    Fixture fixture;
    assert_int_equal(fixture.take().clipboard.serial, 0);
    assert_true(fixture.display.set_clipboard("one\r\ntwo\r").has_value());
    const auto first = fixture.take();
    assert_true(first.clipboard_changed && first.clipboard.has_text);
    assert_string_equal(first.clipboard.text->c_str(), "one\ntwo\n");
    assert_true(fixture.display.set_clipboard("one").has_value());
    assert_true(fixture.take().clipboard.serial > first.clipboard.serial);
}

// CVE-16: an empty text is no text
void an_empty_text_is_none(void**) {
    Fixture fixture;
    assert_true(fixture.display.set_clipboard("x").has_value());
    assert_true(fixture.display.set_clipboard("").has_value());
    const auto changes = fixture.take();
    assert_true(changes.clipboard_changed && !changes.clipboard.has_text);
    assert_null(changes.clipboard.text.get());
}

void a_promised_text_keeps_its_serial(void**) {
    Fixture fixture;
    fixture.display.announce_clipboard();
    const auto promise = fixture.take();
    assert_true(promise.clipboard_changed && promise.clipboard.has_text);
    assert_null(promise.clipboard.text.get());
    assert_true(fixture.display.set_clipboard("x").has_value());
    const auto kept = fixture.take();
    assert_int_equal(kept.clipboard.serial, promise.clipboard.serial);
    assert_string_equal(kept.clipboard.text->c_str(), "x");
    fixture.display.announce_clipboard();
    assert_true(fixture.take().clipboard.serial > kept.clipboard.serial);
    // Nothing came of it.
    assert_true(fixture.display.set_clipboard("").has_value());
    assert_false(fixture.take().clipboard.has_text);
}

void refuses_texts_that_are_no_texts(void**) {
    Fixture fixture;
    assert_true(fixture.display.set_clipboard("\xFF").error().kind ==
                ErrorKind::invalid_argument);
    const std::string long_text(max_clipboard_bytes + 1, 'x');
    assert_true(fixture.display.set_clipboard(long_text).error().kind ==
                ErrorKind::limit);
    assert_int_equal(fixture.listener.calls, 0);
    assert_true(fixture.display.set_clipboard(long_text.substr(1)).has_value());
}

void sound_is_kept_for_those_who_want_it(void**) {
    Fixture fixture;
    constexpr AudioFormat format{.rate = 8000, .channels = 1};
    assert_false(fixture.display.audio_wanted());
    assert_true(fixture.display.play_audio(format, std::array{0.5f}).has_value());
    auto changes = fixture.take();
    assert_true(changes.audio_changed && changes.audio_playing);
    assert_true(changes.audio.samples.empty());
    assert_true(fixture.display.play_audio(format, std::array{0.5f}).has_value());
    assert_int_equal(fixture.listener.calls, 1);

    fixture.display.want_audio(fixture.listener, true);
    assert_true(fixture.display.audio_wanted());
    const std::array<std::int16_t, 2> samples{0, -32768};
    assert_true(fixture.display.play_audio(format, samples).has_value());
    assert_int_equal(fixture.listener.calls, 2);
    changes = fixture.take();
    assert_true(changes.audio == (AudioChunk{format, {0.0f, -1.0f}}));
    assert_false(changes.audio_changed);
    fixture.display.stop_audio();
    changes = fixture.take();
    assert_true(changes.audio_changed && !changes.audio_playing);
    assert_true(changes.audio.samples.empty());
    assert_false(fixture.display.play_audio({0, 0}, samples).has_value());
    assert_false(fixture.take().audio_playing);
}

void a_new_listener_learns_all_of_it(void**) {
    Display display;
    display.set_pointer_mode(PointerMode::relative);
    display.set_leds({.num = true});
    assert_true(display.set_clipboard("x").has_value());
    assert_true(display.play_audio({}, std::array{0.5f, 0.5f}).has_value());
    CountingListener listener;
    display.add_listener(listener);
    const auto changes = display.take_changes(listener);
    assert_true(changes.pointer_changed && changes.leds_changed);
    assert_true(changes.clipboard_changed && changes.audio_changed);
    assert_true(changes.pointer_mode == PointerMode::relative && changes.leds->num);
    assert_true(changes.clipboard.has_text && changes.audio_playing);
    display.remove_listener(listener);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(pointer_changes_are_told_once),
        cmocka_unit_test(who_comes_later_is_told_where_the_pointer_is),
        cmocka_unit_test(leds_are_unknown_until_they_are_told),
        cmocka_unit_test(a_text_is_new_each_time),
        cmocka_unit_test(an_empty_text_is_none),
        cmocka_unit_test(a_promised_text_keeps_its_serial),
        cmocka_unit_test(refuses_texts_that_are_no_texts),
        cmocka_unit_test(sound_is_kept_for_those_who_want_it),
        cmocka_unit_test(a_new_listener_learns_all_of_it),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
