// What one client and the display's clipboard tell each other.
#include "ui/vnc/clipboard-exchange.hpp"

#include <utility>
#include <variant>

#include "ui/vnc/rfb/extension-writer.hpp"
#include "ui/vnc/rfb/writer.hpp"

namespace qio::vnc {

void ClipboardExchange::set_extended(bool extended) {
    extended_ = extended;
    owes_caps_ = extended;
    request_on_its_way_ = notified_again_ = false;
    if (!extended)
        owes_notify_ = owes_request_ = false;
}

/// A client that has not said what it can do knows the basic messages.
bool ClipboardExchange::client_knows(std::uint32_t flag) const {
    return !caps_ || (caps_->flags & flag) != 0;
}

bool ClipboardExchange::may_be_brought_unasked() const {
    return display_.text && caps_ && client_knows(clipboard_text) &&
           client_knows(clipboard_provide) &&
           // Each line may get longer, and there is a NUL.
           2 * display_.text->size() + 1 <= caps_->max_text;
}

void ClipboardExchange::display_changed(const ui::Clipboard& clipboard) {
    const bool is_new = clipboard.serial != display_.serial;
    display_ = clipboard;
    if (!is_new)
        return;
    if (!extended_)
        owes_text_ = clipboard.has_text;
    else if (may_be_brought_unasked())
        owes_text_ = true;
    else
        owes_notify_ = client_knows(clipboard_notify) && client_knows(clipboard_text);
}

Result<std::optional<std::string>> ClipboardExchange::handle(ByteView payload) {
    auto message = QIO_TRY(parse_clipboard_message(payload));
    std::visit([this](const auto& known) { handle(known); }, message);
    if (auto* provided = std::get_if<ClipboardProvide>(&message))
        return std::move(provided->text);
    return std::nullopt;
}

void ClipboardExchange::handle(const ClipboardRequest& message) {
    if (message.text)
        owes_text_ = true;
}

void ClipboardExchange::handle(const ClipboardNotify& message) {
    if (!message.text) // what was there is gone, and will not be brought
        owes_request_ = request_on_its_way_ = notified_again_ = false;
    else if (request_on_its_way_)
        notified_again_ = true;
    else
        owes_request_ = true;
}

void ClipboardExchange::handle(const ClipboardProvide&) {
    request_on_its_way_ = false;
    // What came may be older than the last announcement.
    if (std::exchange(notified_again_, false))
        owes_request_ = true;
}

bool ClipboardExchange::take_wish() {
    const bool is_promised = display_.has_text && !display_.text;
    if (!owes_text_ || !is_promised || asked_for_ == display_.serial)
        return false;
    asked_for_ = display_.serial;
    return true;
}

void ClipboardExchange::append_text(Bytes& out) {
    if (!extended_) {
        append_server_cut_text(out, *display_.text);
        return;
    }
    // Without memory for it, the client goes without the text.
    if (const auto payload = clipboard_provide_message(*display_.text))
        append_extended_server_cut_text(out, *payload);
}

void ClipboardExchange::append_to(Bytes& out) {
    if (std::exchange(owes_caps_, false))
        append_extended_server_cut_text(out,
                                        clipboard_caps_message(max_unsolicited_text));
    if (owes_text_ && !display_.has_text) { // it is gone
        owes_text_ = false;
        owes_notify_ = extended_;
    }
    if (std::exchange(owes_notify_, false))
        append_extended_server_cut_text(out, clipboard_notify_message(display_.has_text));
    if (owes_text_ && display_.text) {
        owes_text_ = false;
        append_text(out);
    }
    if (std::exchange(owes_request_, false)) {
        append_extended_server_cut_text(out, clipboard_request_message());
        request_on_its_way_ = true;
    }
}

} // namespace qio::vnc
