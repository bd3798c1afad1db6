// Fuzz target: any bytes as a message of the extended clipboard.
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "tests/fuzz/require.hpp"
#include "ui/text.hpp"
#include "ui/vnc/rfb/clipboard-message.hpp"

using namespace qio;
using namespace qio::vnc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = parse_clipboard_message(std::as_bytes(std::span(data, size)));
    if (!message)
        return 0;
    const auto* provided = std::get_if<ClipboardProvide>(&*message);
    if (provided == nullptr || !provided->text)
        return 0;
    const auto& text = *provided->text;
    fuzz::require(ui::is_utf8(text), "text is UTF-8");
    fuzz::require(text.find('\0') == std::string::npos, "text has no NUL");
    fuzz::require(text.find('\r') == std::string::npos, "lines end in LF");
    // A byte that is no UTF-8 takes three.
    fuzz::require(text.size() <= 3 * max_clipboard_text_bytes, "text is bounded");
    const auto again = clipboard_provide_message(text);
    fuzz::require(again.has_value(), "text can be sent");
    if (ui::with_crlf(text).size() >= max_clipboard_text_bytes)
        return 0;
    const auto read = parse_clipboard_message(*again);
    fuzz::require(read && *read == *message, "text comes back");
    return 0;
}
