// Typing texts: pace, limits, and whatever may happen meanwhile.
#include "ui/vnc/text-typer.hpp"

#include <functional>
#include <string>

#include "tests/support/loop.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;
using namespace qio::vnc;

namespace {

/// Every ASCII character is its own key; capitals take Shift.
class AsciiKeymap final : public ui::Keymap {
public:
    std::optional<ui::KeyStroke> find(std::uint32_t) const override {
        return std::nullopt;
    }
    ui::TypedText type(std::string_view utf8) const override {
        ui::TypedText typed;
        for (const char c : utf8) {
            const auto code = std::uint32_t(std::uint8_t(c));
            if (code >= 0x80) {
                ++typed.skipped;
                continue;
            }
            const bool shift = code >= 'A' && code <= 'Z';
            if (shift)
                typed.events.push_back({0xFFE1, 0x2A, true});
            typed.events.push_back({code, code, true});
            typed.events.push_back({code, code, false});
            if (shift)
                typed.events.push_back({0xFFE1, 0x2A, false});
        }
        return typed;
    }
};

class Host final : public InputHost, ui::InputSink {
public:
    explicit Host(bool has_keymap = true) {
        if (has_keymap)
            keymap = std::make_shared<AsciiKeymap>();
        text_typer = std::make_unique<TextTyper>(*this, keymap,
                                                 std::chrono::milliseconds(0), nullptr);
    }
    ui::InputSink* input() const override { return const_cast<Host*>(this); }
    Keyboard& keyboard() override { return keys; }
    TextTyper& typer() override { return *text_typer; }
    void lift_keys() override { ++lifts; }
    void pointer_moved(ui::Point) override {}
    const ui::DisplayChanges& display_state() const override { return state; }
    std::shared_ptr<void> keep_alive() override { return nullptr; }

    void key(const ui::KeyEvent& event) override {
        text += (event.down ? "+" : "-") + std::to_string(event.xt_keycode.value_or(0));
        ++count;
        if (on_key)
            on_key();
    }
    void pointer(const ui::PointerEvent&) override {}
    void cut_text(std::string) override {}
    ui::ResizeAnswer resize_request(int, int) override {
        return ui::ResizeAnswer::prohibited;
    }

    bool is_done() {
        return run_until([&] { return !text_typer->is_typing(); });
    }

    std::shared_ptr<const ui::Keymap> keymap;
    std::string text; ///< codes of the keys, '+' pressed and '-' lifted
    std::size_t count = 0;
    int lifts = 0;
    std::function<void()> on_key;
    Keyboard keys{{}};
    ui::DisplayChanges state;
    std::unique_ptr<TextTyper> text_typer;
};

void types_one_event_after_the_other(void**) {
    Host host;
    assert_int_equal(*host.text_typer->type("aB\xFF"), 1);
    assert_int_equal(host.count, 0);
    assert_int_equal(host.lifts, 1);
    assert_int_equal(host.text_typer->waiting(), 6);
    assert_true(run_until([&] { return host.count == 1; }));
    assert_int_equal(host.text_typer->waiting(), 5);
    assert_int_equal(*host.text_typer->type("c"), 0);
    assert_true(host.is_done());
    assert_string_equal(host.text.c_str(), "+97-97+42+66-66-42+99-99");
    assert_int_equal(host.lifts, 1);
}

void a_text_without_keys_is_typed_at_once(void**) {
    Host host;
    assert_int_equal(*host.text_typer->type(""), 0);
    assert_int_equal(*host.text_typer->type("\xFF\xFE"), 2);
    assert_false(host.text_typer->is_typing());
    assert_int_equal(host.lifts, 0);
}

void without_a_layout_nothing_is_typed(void**) {
    Host host(false);
    assert_true(host.text_typer->type("a").error().kind == ErrorKind::not_supported);
    assert_false(host.text_typer->is_typing());
}

void what_waits_is_bounded(void**) {
    Host host;
    const std::string longest(TextTyper::max_text_bytes, 'x');
    assert_true(host.text_typer->type(longest + "x").error().kind == ErrorKind::limit);
    assert_false(host.text_typer->is_typing());
    const auto fit = TextTyper::max_events / (2 * longest.size());
    for (std::size_t i = 0; i < fit; ++i)
        assert_true(host.text_typer->type(longest).has_value());
    assert_true(host.text_typer->type("x").error().kind == ErrorKind::limit);
    assert_int_equal(host.text_typer->waiting(), TextTyper::max_events);
    host.text_typer->stop();
    assert_int_equal(host.text_typer->waiting(), 0);
}

// V-31: wherever typing is stopped, nothing stays down, and nothing comes after it
void stops_anywhere_and_lifts_what_is_down(void**) {
    for (std::size_t end = 1; end <= 8; ++end) {
        Host host;
        // Caps Lock, which is tapped for the text, is lifted as well.
        host.keys.set_leds(ui::LockLeds{.caps = true});
        host.on_key = [&] {
            if (host.count == end)
                host.text_typer->stop();
        };
        assert_true(host.text_typer->type("aBc").has_value());
        assert_true(host.is_done());
        const auto downs = std::size_t(std::ranges::count(host.text, '+'));
        assert_int_equal(downs, std::size_t(std::ranges::count(host.text, '-')));
        const auto count = host.count;
        host.on_key = {};
        assert_true(host.text_typer->type("d").has_value());
        assert_true(host.is_done());
        assert_int_equal(host.count, count + 2);
    }
}

void caps_lock_is_tapped_for_the_text(void**) {
    Host host;
    host.keys.set_leds(ui::LockLeds{.caps = true});
    assert_true(host.text_typer->type("aB").has_value());
    assert_true(host.is_done());
    assert_string_equal(host.text.c_str(), "+58-58+97-97+42+66-66-42");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(types_one_event_after_the_other),
        cmocka_unit_test(a_text_without_keys_is_typed_at_once),
        cmocka_unit_test(without_a_layout_nothing_is_typed),
        cmocka_unit_test(what_waits_is_bounded),
        cmocka_unit_test(stops_anywhere_and_lifts_what_is_down),
        cmocka_unit_test(caps_lock_is_tapped_for_the_text),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
