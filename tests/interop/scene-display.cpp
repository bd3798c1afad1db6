// A display that shows the moving picture.
#include "tests/interop/scene-display.hpp"

#include <array>
#include <utility>

#include "tests/interop/serving.hpp"
#include "tests/support/film.hpp"

namespace qio::interop {

namespace {

constexpr std::uint32_t keysym_f7 = 0xFFC4;
constexpr std::chrono::milliseconds step_interval{10}, film_interval{33},
    tone_interval{50};
constexpr ui::Rect film_place{32, 48, 256, 192};
constexpr int tone_rate = 44100;

std::string numbers(std::initializer_list<long> values) {
    std::string line;
    for (const auto value : values)
        line += " " + std::to_string(value);
    return line;
}

/// Half transparent where a client can show it, and of three colours.
ui::Cursor scene_cursor() {
    constexpr int width = 12, height = 10;
    std::vector<std::uint32_t> argb;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            argb.push_back(x > y ? 0u : x == y ? 0xFF0000FFu : 0xFFFFC000u);
    return *ui::Cursor::make(width, height, 3, 4, std::move(argb));
}

} // namespace

SceneDisplay::SceneDisplay() : surface_(*ui::Surface::create(scene_width, scene_height)) {
    (void)display_->set_name("scene");
    draw_scene(*surface_, step_);
    display_->set_surface(surface_);
    display_->set_input(this);
}

SceneDisplay::~SceneDisplay() {
    display_->set_input(nullptr);
}

void SceneDisplay::show(int step) {
    step_ = step;
    draw_scene(*surface_, step_);
    display_->damage(surface_->bounds());
}

void SceneDisplay::play() {
    player_ = Timer(
        step_interval,
        [this] {
            if (step_ < last_step)
                show(step_ + 1);
            else
                player_.reset();
        },
        Timer::Repeat::yes);
}

/// In front of the picture, which is there again when it has ended.
void SceneDisplay::play_film(int pictures) {
    film_left_ = pictures;
    player_ = Timer(
        film_interval,
        [this] {
            if (film_left_-- == 0) {
                player_.reset();
                return show(step_);
            }
            test::play(*surface_, film_place, film_left_);
            display_->damage(film_place);
        },
        Timer::Repeat::yes);
}

void SceneDisplay::resize(int width, int height) {
    surface_ = *ui::Surface::create(width, height);
    draw_scene(*surface_, step_);
    display_->set_surface(surface_);
}

void SceneDisplay::set_cursor(bool visible) {
    display_->set_cursor(visible ? std::optional(scene_cursor()) : std::nullopt);
}

/// Left is half of what right is, both without an end.
void SceneDisplay::start_tone() {
    tone_ = Timer(
        tone_interval,
        [this] {
            std::array<std::int16_t, 2 * tone_rate / 20> samples;
            for (std::size_t i = 0; i < samples.size(); i += 2) {
                samples[i] = i / 2 % 100 < 50 ? 4000 : -4000;
                samples[i + 1] = std::int16_t(samples[i] * 2);
            }
            (void)display_->play_audio({tone_rate, 2}, samples);
        },
        Timer::Repeat::yes);
}

Commands SceneDisplay::commands() {
    const auto value = [](const Words& words, std::size_t at) {
        return int(number(words, at));
    };
    return {
        {"step", [=, this](const Words& words) { show(value(words, 1)); }},
        {"play", [this](const Words&) { play(); }},
        {"film", [=, this](const Words& words) { play_film(value(words, 1)); }},
        {"size",
         [=, this](const Words& words) { resize(value(words, 1), value(words, 2)); }},
        {"clipboard",
         [this](const Words& words) { (void)display_->set_clipboard(text(words, 1)); }},
        {"leds",
         [=, this](const Words& words) {
             display_->set_leds({.scroll = value(words, 1) != 0,
                                 .num = value(words, 2) != 0,
                                 .caps = value(words, 3) != 0});
         }},
        {"bell", [this](const Words&) { display_->bell(); }},
        {"name",
         [this](const Words& words) { (void)display_->set_name(text(words, 1)); }},
        {"cursor", [=, this](const Words& words) { set_cursor(value(words, 1) != 0); }},
        {"pointer",
         [=, this](const Words& words) {
             display_->move_pointer({value(words, 1), value(words, 2)});
         }},
        {"relative",
         [=, this](const Words& words) {
             display_->set_pointer_mode(value(words, 1) != 0 ? ui::PointerMode::relative
                                                             : ui::PointerMode::absolute);
         }},
        {"tone", [this](const Words&) { start_tone(); }},
        {"silence",
         [this](const Words&) {
             tone_.reset();
             display_->stop_audio();
         }},
    };
}

void SceneDisplay::key(const ui::KeyEvent& event) {
    if (event.keysym == keysym_f7 && event.down)
        play();
    say("key" + numbers({long(event.keysym)}) + " " +
        (event.xt_keycode ? std::to_string(*event.xt_keycode) : "-") +
        (event.down ? " down" : " up"));
}

void SceneDisplay::pointer(const ui::PointerEvent& event) {
    say("pointer" + numbers({event.x, event.y, event.buttons}));
}

void SceneDisplay::pointer_motion(int dx, int dy, std::uint16_t buttons) {
    say("motion" + numbers({dx, dy, buttons}));
}

void SceneDisplay::cut_text(std::string utf8) {
    say("cut " + quoted(utf8));
}

void SceneDisplay::clipboard_wanted() {
    say("wanted");
}

ui::ResizeAnswer SceneDisplay::resize_request(int width, int height) {
    say("resize" + numbers({width, height}));
    if (width < 100 || height < 100)
        return ui::ResizeAnswer::invalid;
    resize(width, height);
    return ui::ResizeAnswer::accepted;
}

bool SceneDisplay::power(ui::PowerAction action) {
    say("power" + numbers({long(action)}));
    return action != ui::PowerAction::reboot;
}

} // namespace qio::interop
