// The demo's display: draws the picture as time goes by and input comes.
#include "ui/tools/demo-screen.hpp"

#include <ctime>
#include <string>
#include <utility>

#include "ui/tools/demo/arrow.hpp"

namespace qio::demo {

namespace {

constexpr std::chrono::milliseconds frame_interval{33};
constexpr std::size_t max_damage_rects = 128;

Moment moment_at(std::chrono::duration<double> since_start) {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char clock[16], date[32];
    const auto clock_size = std::strftime(clock, sizeof clock, "%H:%M:%S", &local);
    const auto date_size = std::strftime(date, sizeof date, "%a %e %b %Y", &local);
    return {since_start.count(), local.tm_sec, {clock, clock_size}, {date, date_size}};
}

bool is_possible(int width, int height) {
    return width >= min_width && width <= max_width && height >= min_height &&
           height <= max_height;
}

} // namespace

Result<std::unique_ptr<Screen>> Screen::create(int width, int height) {
    auto surface = QIO_TRY(ui::Surface::create(width, height));
    std::unique_ptr<Screen> screen(new Screen(width, height, std::move(surface)));
    QIO_TRY(screen->display_->set_name("libqio demo"));
    return screen;
}

Screen::Screen(int width, int height, std::shared_ptr<ui::Surface> surface)
    : surface_(std::move(surface)), picture_(width, height),
      display_(std::make_shared<ui::Display>()), start_(Clock::now()) {
    (void)draw();
    display_->set_surface(surface_);
    display_->set_cursor(arrow_cursor());
    display_->set_input(this);
}

Screen::~Screen() {
    display_->set_input(nullptr);
}

void Screen::start(std::function<bool()> is_watched) {
    is_watched_ = std::move(is_watched);
    timer_ = Timer(
        frame_interval,
        [this] {
            if (is_watched_())
                show();
        },
        Timer::Repeat::yes);
}

ui::Region Screen::draw() {
    picture_.advance(moment_at(Clock::now() - start_));
    return picture_.draw(*surface_);
}

void Screen::show() {
    for (const auto& rect : draw().simplified(max_damage_rects).rectangles())
        display_->damage(rect);
}

void Screen::key(const ui::KeyEvent& event) {
    if (event.down)
        picture_.press_key(event.keysym);
}

void Screen::pointer(const ui::PointerEvent& event) {
    picture_.move_pointer(event);
}

ui::ResizeAnswer Screen::resize_request(int width, int height) {
    if (!is_possible(width, height))
        return ui::ResizeAnswer::invalid;
    auto surface = ui::Surface::create(width, height);
    if (!surface)
        return ui::ResizeAnswer::out_of_resources;
    surface_ = std::move(*surface);
    picture_.resize(width, height);
    (void)draw();
    display_->set_surface(surface_);
    return ui::ResizeAnswer::accepted;
}

} // namespace qio::demo
