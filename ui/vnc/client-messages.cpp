// What a client's messages do, but for wishes for another size.
#include "ui/text.hpp"
#include "ui/vnc/client.hpp"
#include "ui/vnc/text-typer.hpp"

namespace qio::vnc {

namespace {

Pacing::Time now() {
    return std::chrono::steady_clock::now();
}

} // namespace

void Client::handle(const SetPixelFormat& message) {
    updates_->set_pixel_format(message.format);
}

void Client::handle(const SetEncodings& message) {
    updates_->set_encodings(message.encodings, host_->pointer_region());
    extensions_->set_features(updates_->features());
    pacing_.set_features(updates_->features(), now(), connection_->output());
}

void Client::handle(const FramebufferUpdateRequest& message) {
    updates_->request(message.incremental, message.area);
}

void Client::handle(const EnableContinuousUpdates& message) {
    if (message.enable)
        return updates_->enable_continuous_updates(message.area);
    if (updates_->is_continuous())
        pacing_.updates_ended(connection_->output());
    updates_->disable_continuous_updates();
}

void Client::handle(const ClientFence& message) {
    pacing_.handle(message, now(), connection_->output());
}

/// What the next message may be.
Negotiated Client::negotiated() const {
    auto negotiated = extensions_->negotiated();
    negotiated.fence = pacing_.has_fences();
    negotiated.continuous_updates = pacing_.has_continuous_updates();
    negotiated.extended_mouse_buttons =
        updates_->pseudo_rectangles().extended_mouse_buttons();
    return negotiated;
}

// ---- input

/// Who is told of it may end us.
bool Client::may_act(Act act) {
    return !who_.identity.view_only && host_->may_act(*this, act) && !ended_;
}

void Client::key(const ui::KeyEvent& event) {
    if (!may_act(event.down ? Act::press : Act::other))
        return;
    input_.key(event,
               updates_->features().knows_leds() ? SeesLights::yes : SeesLights::no);
}

void Client::handle(const KeyEvent& message) {
    key({.keysym = message.keysym, .xt_keycode = {}, .down = message.down});
}

void Client::handle(const QemuExtendedKeyEvent& message) {
    ui::KeyEvent event{.keysym = message.keysym, .xt_keycode = {}, .down = message.down};
    // 0 is no key's scan code: the client knows the keysym only.
    if (message.xt_keycode != 0)
        event.xt_keycode = message.xt_keycode;
    key(event);
}

// Client and machine may each want positions or motion (RFB, QEMU Pointer Motion Change).
void Client::handle(const PointerEvent& message) {
    if (!may_act(message.button_mask != 0 ? Act::press : Act::other))
        return;
    constexpr int no_motion = 0x7FFF;
    if (updates_->pseudo_rectangles().client_sends_motion())
        input_.pointer_moved({message.x - no_motion, message.y - no_motion},
                             message.button_mask, updates_->area());
    else
        input_.pointer({message.x, message.y, message.button_mask}, updates_->area());
}

// ---- clipboard

void Client::handle(const ClientCutText& message) {
    cut_text(ui::with_lf(ui::utf8_from_latin1(message.latin1)));
}

void Client::handle(const ClientClipboard& message) {
    auto text = extensions_->clipboard().handle(message.payload);
    if (!text)
        return end(EndReason::protocol_error);
    if (*text)
        cut_text(std::move(**text));
}

void Client::cut_text(std::string utf8) {
    if (!may_act(Act::other))
        return;
    if (host_->types_clipboard())
        return (void)host_->typer().type(utf8);
    if (auto* sink = host_->input())
        sink->cut_text(std::move(utf8));
}

/// The emulator may answer at once, and may end everything.
void Client::send_clipboard_wish() {
    if (ended_ || !extensions_->clipboard().take_wish())
        return;
    if (auto* sink = host_->input())
        sink->clipboard_wanted();
}

// ---- extensions

void Client::handle(const ClientXvp& message) {
    std::optional<ui::PowerAction> action;
    if (message.code == std::uint8_t(XvpCode::Shutdown))
        action = ui::PowerAction::shut_down;
    else if (message.code == std::uint8_t(XvpCode::Reboot))
        action = ui::PowerAction::reboot;
    else if (message.code == std::uint8_t(XvpCode::Reset))
        action = ui::PowerAction::reset;
    if (!may_act(Act::other) || !action || !host_->power(*this, *action))
        extensions_->refuse_power();
}

void Client::handle(const EnableAudio& message) {
    extensions_->audio().enable(message.enable);
    host_->audio_listeners_changed();
}

void Client::handle(const SetAudioFormat& message) {
    extensions_->audio().set_format(message.parameters);
}

} // namespace qio::vnc
