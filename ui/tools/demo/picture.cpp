// What the demo shows, and which pixels of it have changed.
#include "ui/tools/demo/picture.hpp"

#include "ui/tools/demo/background.hpp"

namespace qio::demo {

namespace {

// A region of more rectangles than these is painted as fewer, larger ones.
constexpr std::size_t max_painted_rects = 200;

std::string pointer_text(const ui::PointerEvent& event) {
    static constexpr std::string_view names[] = {
        "left",       "middle",      "right", "wheel up", "wheel down",
        "wheel left", "wheel right", "back",  "forward"};
    std::string text = std::to_string(event.x) + ", " + std::to_string(event.y);
    for (std::size_t bit = 0; bit < std::size(names); ++bit)
        if (event.buttons >> bit & 1)
            text.append("   ").append(names[bit]);
    return text;
}

} // namespace

Colour key_colour(std::uint32_t keysym) {
    return (keysym * 37 & 255) << 16 | (keysym * 73 & 255) << 8 | (keysym * 151 & 255);
}

Colour click_colour(const ui::PointerEvent& event) {
    return (unsigned(event.x) & 255) << 16 | (unsigned(event.y) & 255) << 8 |
           (event.buttons * 60U & 255);
}

Picture::Picture(int width, int height) {
    resize(width, height);
    set_text(LabelId::title, "libqio");
    set_text(LabelId::subtitle, "a framebuffer served over VNC and WebSocket");
    set_text(LabelId::keys_name, "keys");
    set_text(LabelId::pointer_name, "pointer");
    set_text(LabelId::pointer, "not seen yet");
    set_text(LabelId::key_square, "key");
    set_text(LabelId::click_square, "click");
    set_text(LabelId::hint, "type something, draw with the mouse, resize the window");
}

void Picture::resize(int width, int height) {
    layout_ = make_layout(width, height);
    for (std::size_t i = 0; i < label_count; ++i)
        labels_[i].set_style(layout_.labels[i]);
    ball_.place(layout_.arena, float(layout_.arena.height) * 0.11F);
    ring_.place(layout_.ring_centre, layout_.ring_radius);
    trail_.clear();
    set_text(LabelId::size, std::to_string(width) + " x " + std::to_string(height));
    dirty_ = layout_.bounds;
}

void Picture::set_text(LabelId id, std::string_view text) {
    dirty_.add(labels_[std::size_t(id)].set_text(text));
}

void Picture::press_key(std::uint32_t keysym) {
    typed_.press(keysym);
    set_text(LabelId::keys, typed_.text());
    if (key_ != key_colour(keysym))
        dirty_.add(layout_.key_square);
    key_ = key_colour(keysym);
}

void Picture::move_pointer(const ui::PointerEvent& event) {
    set_text(LabelId::pointer, pointer_text(event));
    trail_.add({float(event.x) + 0.5F, float(event.y) + 0.5F}, event.buttons != 0, now_,
               dirty_);
    const bool pressed = (event.buttons & ~buttons_) != 0;
    buttons_ = event.buttons;
    if (!pressed)
        return;
    if (click_ != click_colour(event))
        dirty_.add(layout_.click_square);
    click_ = click_colour(event);
}

void Picture::advance(const Moment& moment) {
    now_ = moment.seconds;
    set_text(LabelId::clock, moment.clock);
    set_text(LabelId::date, moment.date);
    ball_.advance(moment.seconds, dirty_);
    ring_.advance(moment.seconds, moment.second, dirty_);
    trail_.advance(moment.seconds, dirty_);
}

ui::Region Picture::draw(ui::Surface& surface) {
    ui::Region damage;
    damage.swap(dirty_);
    damage.intersect(layout_.bounds);
    draw_fixed(surface, damage);

    auto scene = damage.simplified(max_painted_rects);
    for (const auto& rect : {layout_.bars, layout_.key_square, layout_.click_square})
        scene.subtract(rect);
    for (const auto& rect : scene.rectangles()) {
        Painter painter(surface, rect);
        draw_scene(painter);
    }
    return damage;
}

void Picture::draw_bars(Painter& painter) const {
    const int width = layout_.bars.width;
    const int count = int(bar_colours.size());
    for (int i = 0; i < count; ++i) {
        const int left = i * width / count, right = (i + 1) * width / count;
        painter.fill({left, 0, right - left, layout_.bars.height},
                     bar_colours[std::size_t(i)]);
    }
}

void Picture::draw_fixed(ui::Surface& surface, const ui::Region& damage) const {
    for (const auto& rect : damage.rectangles()) {
        Painter painter(surface, rect);
        draw_bars(painter);
        painter.fill(layout_.key_square, key_);
        painter.fill(layout_.click_square, click_);
    }
}

void Picture::draw_scene(Painter& painter) const {
    draw_background(painter, layout_);
    ring_.paint(painter);
    ball_.paint(painter);
    for (const auto& label : labels_)
        label.paint(painter);
    trail_.paint(painter);
}

} // namespace qio::demo
