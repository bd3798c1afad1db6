// internal: what a console's display tells us, call by call.
#include "ui/dbus/listener.hpp"

#include <utility>

#include "ui/dbus/names.hpp"
#include "ui/dbus/picture.hpp"
#include "ui/dbus/properties.hpp"

namespace qio::dbus {

std::optional<Answer> Listener::answer(const Call& call) {
    if (call.path != names::listener_path)
        return std::nullopt;
    if (call.interface == names::properties)
        return answer_properties(call, names::listener, {names::listener_map});
    if (call.interface == names::listener)
        return answer_picture(call);
    if (call.interface == names::listener_map)
        return answer_shared(call);
    return std::nullopt;
}

Answer Listener::answer_picture(const Call& call) {
    if (call.is("Scanout", "(uuuuay)"))
        return Answer::from(scanout(call));
    if (call.is("Update", "(iiiiuuay)"))
        return Answer::from(update(call));
    if (call.is("CursorDefine", "(iiiiay)"))
        return Answer::from(define_cursor(call));
    if (call.is("MouseSet", "(iii)")) {
        set_pointer(call);
        return Answer::none();
    }
    if (call.is("Disable", "()")) {
        screen_->disable();
        return Answer::none();
    }
    if (call.method == "ScanoutDMABUF" || call.method == "UpdateDMABUF")
        return refuse_picture();
    return unknown_method(call);
}

Answer Listener::refuse_picture() {
    if (const auto tell = std::exchange(unreadable_, nullptr))
        tell();
    return Answer::error(names::error_unsupported,
                         "pictures in the memory of graphics cards are not supported");
}

Answer Listener::answer_shared(const Call& call) {
    if (call.is("ScanoutMap", "(huuuuu)"))
        return Answer::from(scanout_map(call));
    if (call.is("UpdateMap", "(iiii)"))
        return Answer::from(update_map(call));
    return unknown_method(call);
}

Result<void> Listener::scanout(const Call& call) {
    PictureLayout layout;
    g_variant_get(call.arguments, "(uuuu@ay)", &layout.width, &layout.height,
                  &layout.stride, &layout.format, nullptr);
    return screen_->scanout(layout, bytes_of(call.arguments, 4));
}

Result<void> Listener::update(const Call& call) {
    std::int32_t x, y, width, height;
    PictureLayout layout;
    g_variant_get(call.arguments, "(iiiiuu@ay)", &x, &y, &width, &height, &layout.stride,
                  &layout.format, nullptr);
    // What is negative becomes too large.
    layout.width = std::uint32_t(width);
    layout.height = std::uint32_t(height);
    return screen_->update(x, y, layout, bytes_of(call.arguments, 6));
}

Result<void> Listener::scanout_map(const Call& call) {
    std::int32_t index;
    std::uint32_t offset;
    PictureLayout layout;
    g_variant_get(call.arguments, "(huuuuu)", &index, &offset, &layout.width,
                  &layout.height, &layout.stride, &layout.format);
    return screen_->scanout_map(call.descriptor(index), offset, layout);
}

Result<void> Listener::update_map(const Call& call) {
    ui::Rect rect;
    g_variant_get(call.arguments, "(iiii)", &rect.x, &rect.y, &rect.width, &rect.height);
    return screen_->update_map(rect);
}

Result<void> Listener::define_cursor(const Call& call) {
    std::int32_t width, height, hot_x, hot_y;
    g_variant_get(call.arguments, "(iiii@ay)", &width, &height, &hot_x, &hot_y, nullptr);
    display_->set_cursor(
        QIO_TRY(cursor_of(width, height, hot_x, hot_y, bytes_of(call.arguments, 4))));
    return {};
}

void Listener::set_pointer(const Call& call) {
    std::int32_t x, y, on;
    g_variant_get(call.arguments, "(iii)", &x, &y, &on);
    display_->set_pointer_visible(on != 0);
    if (on != 0)
        display_->move_pointer({x, y});
}

} // namespace qio::dbus
