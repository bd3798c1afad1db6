// The size and the screens that one client knows, and those of the display.
#include "ui/vnc/client-layout.hpp"

#include <utility>

#include "ui/vnc/rfb/extension-writer.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

namespace {

std::vector<Screen> on_the_wire(const std::vector<ui::Screen>& screens) {
    std::vector<Screen> all;
    for (const auto& [id, area, flags] : screens)
        all.push_back({id, std::uint16_t(area.x), std::uint16_t(area.y),
                       std::uint16_t(area.width), std::uint16_t(area.height), flags});
    return all;
}

} // namespace

ClientLayout::ClientLayout(const ui::DisplayChanges& state)
    : shown_(layout_of(state)), known_(shown_) {}

void ClientLayout::display_changed(const ui::DisplayChanges& changes,
                                   DesktopSizeReason reason) {
    auto layout = layout_of(changes);
    if (layout != shown_)
        reason_ = reason;
    shown_ = std::move(layout);
}

bool ClientLayout::has_news(const ClientFeatures& features) const {
    const bool is_other_size =
        known_.width != shown_.width || known_.height != shown_.height;
    return (features.can_resize() && is_other_size) ||
           (features.extended_desktop_size && known_.screens != shown_.screens);
}

void ClientLayout::append(Bytes& out, DesktopSizeReason reason, DesktopSizeStatus status,
                          const ClientFeatures& features,
                          const ui::PixelFormat& format) const {
    append_framebuffer_update(out, 1);
    if (features.extended_desktop_size)
        append_extended_desktop_size(out, reason, status, width(), height(),
                                     on_the_wire(known_.screens));
    else if (features.desktop_size)
        append_desktop_size(out, width(), height());
    else
        append_vmware_display_mode(out, width(), height(), format);
}

} // namespace qio::vnc
