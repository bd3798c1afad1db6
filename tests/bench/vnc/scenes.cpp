// What the screens of the VNC benchmark show, frame by frame.
#include "tests/bench/vnc/scenes.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace qio::bench {

namespace {

using ui::Rect;

constexpr std::uint32_t paper = 0xFFFFFF, ink = 0x202020, frame_grey = 0xD6D6D6,
                        title_blue = 0x3465A4, link_blue = 0x0645AD;
constexpr int line = Canvas::line_height;

void draw_window(Canvas& canvas, const Rect& area, std::uint32_t seed) {
    canvas.fill(area, frame_grey);
    const Rect title{area.x + 2, area.y + 2, area.width - 4, 22};
    canvas.shade(title, title_blue, 0x204A87);
    canvas.text({title.x + 8, title.y + 3, 160, line}, seed, paper, title_blue);
    const Rect inside{area.x + 4, area.y + 28, area.width - 8, area.height - 32};
    canvas.fill(inside, paper);
    for (int y = 4; y + line <= inside.height; y += line)
        canvas.text({inside.x + 6, inside.y + y, inside.width - 12, line},
                    seed + std::uint32_t(y), ink, paper);
}

void draw_desktop(Canvas& canvas) {
    const auto& all = canvas.bounds();
    canvas.shade(all, 0x4A708B, 0x1F3A4D);
    for (int i = 0; i < 12; ++i) {
        const int x = 24 + i / 6 * 96, y = 24 + i % 6 * 96;
        canvas.picture({x, y, 48, 48}, std::uint32_t(i), 0);
        canvas.text({x - 8, y + 52, 63, line}, std::uint32_t(i), paper, 0x3F6075);
    }
    canvas.fill({0, all.height - 32, all.width, 32}, frame_grey);
}

/// Most of the screen, in whole lines.
Rect document_area(const Canvas& canvas) {
    const auto& all = canvas.bounds();
    return {all.width / 10, all.height / 16, all.width * 4 / 5,
            all.height * 13 / 16 / line * line};
}

/// A document in an office program, three lines further with each frame.
class TextScroll final : public Scene {
public:
    explicit TextScroll(const Canvas& canvas)
        : TextScroll(canvas, document_area(canvas)) {}
    TextScroll(const Canvas& canvas, const Rect& area) : canvas_(canvas), area_(area) {
        draw_desktop(canvas_);
        for (int y = 0; y < area_.height; y += line)
            draw_line(y);
    }
    std::vector<Rect> draw_next() override {
        canvas_.scroll_up(area_, lines * line);
        for (int y = area_.height - lines * line; y < area_.height; y += line)
            draw_line(y);
        return {area_};
    }

private:
    static constexpr int lines = 3;
    void draw_line(int y) {
        canvas_.text({area_.x, area_.y + y, area_.width, line}, ++number_, ink, paper);
    }
    Canvas canvas_;
    Rect area_;
    std::uint32_t number_ = 0;
};

/// A window that is drawn over the desktop.
class WindowDrag final : public Scene {
public:
    explicit WindowDrag(const Canvas& canvas) : WindowDrag(canvas, canvas.bounds()) {
        draw_desktop(canvas_);
        draw_window(canvas_, window(), seed);
    }
    /// Only its window, which stays within `room`.
    WindowDrag(const Canvas& canvas, const Rect& room) : canvas_(canvas), room_(room) {
        const auto& all = canvas_.bounds();
        under_.resize(std::size_t(all.width) * std::size_t(all.height));
        desktop_ = std::make_unique<Canvas>(under_.data(), all.width, all.height);
        draw_desktop(*desktop_);
    }
    std::vector<Rect> draw_next() override {
        const Rect before = window();
        canvas_.paste(*desktop_, before, before.x, before.y);
        ++step_;
        draw_window(canvas_, window(), seed);
        return {before, window()};
    }

private:
    Rect window() const {
        const auto& all = canvas_.bounds();
        const int width = all.width / 3, height = all.height * 2 / 5;
        const auto bounce = [this](int pace, int room) {
            const int way = step_ * pace % (2 * room);
            return way < room ? way : 2 * room - way;
        };
        return {room_.x + bounce(13, room_.width - width),
                room_.y + bounce(7, room_.height - 32 - height), width, height};
    }

    static constexpr std::uint32_t seed = 5;
    Canvas canvas_;
    Rect room_;
    std::vector<std::uint32_t> under_;
    std::unique_ptr<Canvas> desktop_;
    int step_ = 4;
};

/// A page with text, links and images, scrolled by 40 pixels at a time.
class WebPage final : public Scene {
public:
    explicit WebPage(const Canvas& canvas) : canvas_(canvas) {
        const auto& all = canvas_.bounds();
        canvas_.fill({0, 0, all.width, bar}, frame_grey);
        canvas_.text({160, 20, all.width / 2, line}, 3, ink, paper);
        area_ = {0, bar, all.width, (all.height - bar) / step * step};
        for (int y = 0; y < area_.height; y += step)
            draw_band(y);
    }
    std::vector<Rect> draw_next() override {
        canvas_.scroll_up(area_, step);
        draw_band(area_.height - step);
        return {area_};
    }

private:
    static constexpr int bar = 56, step = 40, image_bands = 6;

    /// The next 40 rows of the page, at the offset `y` of the area.
    void draw_band(int y) {
        const int number = band_++;
        const auto seed = std::uint32_t(number);
        const int top = area_.y + y, middle = area_.width * 3 / 5;
        canvas_.fill({0, top, area_.width, step}, paper);
        for (int row = 4; row + line <= step; row += line)
            canvas_.text({40, top + row, middle - 80, line},
                         seed * 2 + std::uint32_t(row),
                         mixed(seed) % 5 == 0 ? link_blue : ink, paper);
        const int part = number % (image_bands + 2);
        if (part < image_bands)
            draw_image_part(top, middle, number / (image_bands + 2), part);
    }
    void draw_image_part(int top, int x, int image, int part) {
        const Rect band{x, top, area_.width - x - 60, step};
        std::vector<std::uint32_t> rows(std::size_t(band.width) *
                                        std::size_t((part + 1) * step));
        Canvas drawn(rows.data(), band.width, (part + 1) * step);
        drawn.picture({0, 0, band.width, image_bands * step}, std::uint32_t(image), 0);
        canvas_.paste(drawn, {0, part * step, band.width, step}, band.x, band.y);
    }

    Canvas canvas_;
    Rect area_;
    int band_ = 0;
};

/// A film in a window, a quarter of the screen.
class Video final : public Scene {
public:
    explicit Video(const Canvas& canvas) : Video(canvas, middle_of(canvas.bounds())) {
        draw_desktop(canvas_);
    }
    /// Only its film.
    Video(const Canvas& canvas, const Rect& area) : canvas_(canvas), area_(area) {}
    std::vector<Rect> draw_next() override {
        canvas_.picture(area_, 9, ++time_);
        return {area_};
    }

private:
    static Rect middle_of(const Rect& all) {
        return {all.width / 4, all.height / 4, all.width / 2, all.height / 2};
    }
    Canvas canvas_;
    Rect area_;
    int time_ = 0;
};

/// A game on the whole screen: a ground of tiles that moves, and figures on it.
class Game final : public Scene {
public:
    explicit Game(const Canvas& canvas) : canvas_(canvas) { draw(); }
    std::vector<Rect> draw_next() override {
        ++time_;
        draw();
        return {canvas_.bounds()};
    }

private:
    static constexpr int side = 16, kinds = 40, figures = 60;
    void draw() {
        const auto& all = canvas_.bounds();
        const int left = time_ * 3, top = time_;
        for (int y = -(top % side); y < all.height; y += side)
            for (int x = -(left % side); x < all.width; x += side) {
                const int column = (x + left) / side, row = (y + top) / side;
                const auto place = std::uint32_t(column / 3 * 977 + row / 2 * 7331);
                canvas_.tile(x, y, mixed(place) % kinds, false);
            }
        for (int i = 0; i < figures; ++i) {
            const auto chance = mixed(std::uint32_t(i) + 500);
            const int x = int(chance % 4096) + time_ * (i % 7 - 3) + 64 * all.width;
            const int y = int(chance >> 16) + time_ * (i % 5 - 2) + 64 * all.height;
            canvas_.tile(x % all.width, y % all.height, 1000 + std::uint32_t(i), true);
        }
    }
    Canvas canvas_;
    int time_ = 0;
};

/// A caret that blinks.
class Idle final : public Scene {
public:
    explicit Idle(const Canvas& canvas) : canvas_(canvas) {
        draw_desktop(canvas_);
        draw_window(canvas_, document_area(canvas_), 8);
    }
    std::vector<Rect> draw_next() override {
        shown_ = !shown_;
        const auto area = document_area(canvas_);
        const Rect caret{area.x + 100, area.y + 100, 2, line};
        canvas_.fill(caret, shown_ ? ink : paper);
        return {caret};
    }

private:
    Canvas canvas_;
    bool shown_ = false;
};

/// Text, window and film in turn, one frame of each, side by side.
class Mixed final : public Scene {
public:
    explicit Mixed(const Canvas& canvas) {
        const auto& all = canvas.bounds();
        const int width = all.width / 2, height = all.height / 2;
        const Rect text{0, 0, width, all.height * 7 / 8 / line * line};
        parts_.push_back(std::make_unique<TextScroll>(canvas, text));
        parts_.push_back(
            std::make_unique<WindowDrag>(canvas, Rect{width, height, width, height}));
        parts_.push_back(std::make_unique<Video>(canvas, Rect{width, 0, width, height}));
    }
    std::vector<Rect> draw_next() override {
        return parts_[turn_++ % parts_.size()]->draw_next();
    }

private:
    std::vector<std::unique_ptr<Scene>> parts_;
    std::size_t turn_ = 0;
};

template <class Kind>
std::unique_ptr<Scene> make(const Canvas& canvas) {
    return std::make_unique<Kind>(canvas);
}

constexpr SceneKind all_scenes[] = {
    {"text", make<TextScroll>}, {"window", make<WindowDrag>}, {"web", make<WebPage>},
    {"video", make<Video>},     {"game", make<Game>},         {"idle", make<Idle>},
    {"mixed", make<Mixed>},
};

} // namespace

std::span<const SceneKind> scenes() {
    return all_scenes;
}

const SceneKind& scene_named(const char* name) {
    for (auto& kind : all_scenes)
        if (std::string_view(kind.name) == name)
            return kind;
    std::abort(); // a misspelt name in the benchmark
}

} // namespace qio::bench
