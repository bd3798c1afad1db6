// The extensions of one session that have messages of their own.
#include "ui/vnc/session-extensions.hpp"

#include <utility>

#include "ui/vnc/rfb/extension-writer.hpp"

namespace qio::vnc {

SessionExtensions::SessionExtensions(const ui::DisplayChanges& state, bool power_control)
    : power_control_(power_control), clipboard_(state.clipboard) {
    audio_.set_playing(state.audio_playing);
}

void SessionExtensions::set_features(const ClientFeatures& features) {
    owes_xvp_init_ = features.xvp && power_control_;
    negotiated_.xvp |= owes_xvp_init_;
    negotiated_.audio |= features.audio;
    negotiated_.extended_clipboard |= features.extended_clipboard;
    clipboard_.set_extended(features.extended_clipboard);
}

void SessionExtensions::display_changed(const ui::DisplayChanges& changes) {
    if (changes.clipboard_changed)
        clipboard_.display_changed(changes.clipboard);
    audio_.set_playing(changes.audio_playing);
}

void SessionExtensions::append_to(Bytes& out) {
    if (std::exchange(owes_xvp_init_, false))
        append_xvp(out, XvpCode::Init);
    if (std::exchange(owes_xvp_failure_, false))
        append_xvp(out, XvpCode::Fail);
    clipboard_.append_to(out);
}

} // namespace qio::vnc
