// internal: the extensions of one session that have messages of their own.
#pragma once

#include "io/base/bytes.hpp"
#include "ui/display-changes.hpp"
#include "ui/vnc/audio-sender.hpp"
#include "ui/vnc/client-features.hpp"
#include "ui/vnc/clipboard-exchange.hpp"
#include "ui/vnc/rfb/reader.hpp"

namespace qio::vnc {

/// Power control, clipboard and sound: what was negotiated, and what is owed.
///
/// Limits: of each kind of message at most one waits.
class SessionExtensions {
public:
    /// `power_control`: clients may ask for it.
    SessionExtensions(const ui::DisplayChanges& state, bool power_control);

    /// A SetEncodings.
    void set_features(const ClientFeatures& features);
    /// What of these the client may send.
    const Negotiated& negotiated() const { return negotiated_; }

    /// What the client asked for will not be done.
    void refuse_power() { owes_xvp_failure_ = true; }
    void display_changed(const ui::DisplayChanges& changes);

    ClipboardExchange& clipboard() { return clipboard_; }
    AudioSender& audio() { return audio_; }
    const AudioSender& audio() const { return audio_; }

    /// Appends all that is owed, but for the sound.
    void append_to(Bytes& out);

private:
    const bool power_control_;
    Negotiated negotiated_;
    ClipboardExchange clipboard_;
    AudioSender audio_;
    bool owes_xvp_init_ = false;
    bool owes_xvp_failure_ = false;
};

} // namespace qio::vnc
