// internal: the size and the screens that one client knows, and those of the display.
#pragma once

#include "io/base/bytes.hpp"
#include "ui/display-changes.hpp"
#include "ui/pixel-format.hpp"
#include "ui/screens.hpp"
#include "ui/vnc/client-features.hpp"
#include "ui/vnc/rfb/types.hpp"

namespace qio::vnc {

/// Source: RFB, DesktopSize and ExtendedDesktopSize Pseudo-encodings.
class ClientLayout {
public:
    /// ServerInit tells the client of this state.
    explicit ClientLayout(const ui::DisplayChanges& state);

    /// The client's framebuffer.
    int width() const { return known_.width; }
    int height() const { return known_.height; }
    ui::Rect area() const { return {0, 0, width(), height()}; }

    /// `reason`: why the display has another layout, if it has.
    void display_changed(const ui::DisplayChanges& changes, DesktopSizeReason reason);
    /// Whether the client can be told of another layout than the one that it knows.
    bool has_news(const ClientFeatures& features) const;
    /// It knows the display's from now on.
    void take() { known_ = shown_; }
    /// Why the display has the layout that it has.
    DesktopSizeReason reason() const { return reason_; }

    /// An update whose one rectangle tells what the client knows, in the best way that it
    /// understands. Requires: features.can_resize().
    void append(Bytes& out, DesktopSizeReason reason, DesktopSizeStatus status,
                const ClientFeatures& features, const ui::PixelFormat& format) const;

private:
    ui::ScreenLayout shown_; // by the display
    ui::ScreenLayout known_;
    DesktopSizeReason reason_ = DesktopSizeReason::Server;
};

} // namespace qio::vnc
