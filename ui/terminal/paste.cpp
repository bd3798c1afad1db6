// A text of a viewer as it is typed on a terminal.
#include "ui/terminal/paste.hpp"

#include "ui/terminal/decoder.hpp"
#include "ui/text.hpp"

namespace qio::terminal {

namespace {

bool is_control(char32_t character) {
    return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

} // namespace

std::string typed(std::string_view utf8, Encoding encoding) {
    std::string bytes;
    for (const char32_t character : ui::utf32_from_utf8(ui::with_lf(utf8))) {
        if (character == '\n')
            bytes += '\r';
        else if (character == '\t' || !is_control(character))
            bytes += encoded(character, encoding);
    }
    return bytes;
}

} // namespace qio::terminal
