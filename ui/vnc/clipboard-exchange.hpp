// internal: what one client and the display's clipboard tell each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "ui/clipboard.hpp"
#include "ui/vnc/rfb/clipboard-message.hpp"

namespace qio::vnc {

/// The clipboard of one client, with or without the extension for it. Knows no channel
/// and no clock: what is to be said is remembered, and appended when there is room for
/// it.
///
/// Nobody owns the clipboard here: a client's text is fetched when the client announces
/// it, so nothing is left of a client that is gone.
/// Limits: of each kind of message at most one waits; at most one request is on its way.
class ClipboardExchange {
public:
    /// A client may bring texts up to this size unasked; longer ones are announced first.
    static constexpr std::uint32_t max_unsolicited_text = 64 * 1024;

    /// `known` is no news: what was copied before the client came is not brought to it.
    explicit ClipboardExchange(const ui::Clipboard& known = {}) : display_(known) {}

    /// The client's SetEncodings. Once a client knows the extension it may use it.
    void set_extended(bool extended);
    /// The display's clipboard is this now.
    void display_changed(const ui::Clipboard& clipboard);
    /// A message of the extension. Gives a text for the emulator, if it brought one.
    /// Errors: as parse_clipboard_message().
    Result<std::optional<std::string>> handle(ByteView payload);
    /// Whether the emulator is to be asked for the text that it announced; once for each.
    bool take_wish();

    /// Appends all that is to be said.
    void append_to(Bytes& out);

private:
    void handle(std::monostate) {}
    void handle(const ClipboardCaps& message) { caps_ = message; }
    void handle(const ClipboardRequest& message);
    void handle(const ClipboardPeek&) { owes_notify_ = true; }
    void handle(const ClipboardNotify& message);
    void handle(const ClipboardProvide& message);
    bool client_knows(std::uint32_t flag) const;
    bool may_be_brought_unasked() const;
    void append_text(Bytes& out);

    ui::Clipboard display_;
    bool extended_ = false;
    std::optional<ClipboardCaps> caps_; // the client's
    std::uint64_t asked_for_ = 0;       // the serial of what the emulator was asked for
    bool owes_caps_ = false;
    bool owes_notify_ = false;
    bool owes_text_ = false; // as soon as it is there
    bool owes_request_ = false;
    bool request_on_its_way_ = false;
    bool notified_again_ = false; // since then
};

} // namespace qio::vnc
