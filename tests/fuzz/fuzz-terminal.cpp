// Fuzz target: any bytes on a serial port, cut anywhere, and keys in between.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tests/fuzz/require.hpp"
#include "ui/terminal/terminal.hpp"

using namespace qio;
using namespace qio::terminal;

namespace {

/// The same bytes at once, and one by one. Returns what comes through.
std::string filtered(ByteView bytes, Encoding encoding) {
    Decoder decoder, cut_decoder;
    decoder.set_encoding(encoding);
    cut_decoder.set_encoding(encoding);
    SequenceGuard guard, cut_guard;
    std::string utf8, harmless, one, cut;
    decoder.decode(bytes, utf8);
    fuzz::require(utf8.size() <= 3 * bytes.size() + 3, "what is decoded is bounded");
    guard.filter(utf8, harmless);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        one.clear();
        cut_decoder.decode(bytes.subspan(i, 1), one);
        cut_guard.filter(one, cut);
    }
    fuzz::require(cut == harmless, "cuts make no difference");
    for (const char* start : {"\x1B]", "\x1BP", "\x1BX", "\x1B^", "\x1B_"})
        fuzz::require(!harmless.contains(start), "no control string comes through");
    return harmless;
}

void write_on_screen(std::string_view text) {
    constexpr ui::Rect all{0, 0, Screen::columns, Screen::rows};
    Screen screen;
    screen.write(text);
    const auto cursor = screen.cursor();
    fuzz::require(all.contains(cursor.column, cursor.row), "the cursor is on the screen");
    fuzz::require(all.contains(screen.take_damage()), "damage is on the screen");
    fuzz::require(screen.take_output().size() <= Screen::max_output_bytes,
                  "output is bounded");
}

/// A key of a viewer's for every byte, those of functions and modifiers among them.
void press(ui::InputSink& input, std::uint8_t byte) {
    const auto keysym = byte < 0x80 ? byte : 0xFF00u | (byte & 0x7F) << 1;
    input.key({.keysym = keysym, .down = (byte & 1) != 0});
}

/// In steps of so many bytes, with keys in between.
void use_terminal(ByteView bytes, Encoding encoding, std::size_t step) {
    std::size_t sent = 0;
    Terminal terminal([&](ByteView piece) {
        fuzz::require(piece.size() <= Terminal::max_answer_bytes, "pieces are bounded");
        sent += piece.size();
    });
    terminal.set_encoding(encoding);
    auto& input = *terminal.display()->input();
    input.cut_text("text\n");
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        terminal.receive(bytes.subspan(at, std::min(step, bytes.size() - at)));
        fuzz::require(sent <= Terminal::max_answer_bytes, "answers are bounded");
        press(input, std::uint8_t(bytes[at]));
        input.pointer({.buttons = std::uint16_t(std::uint8_t(bytes[at]) & 2)});
        sent = 0;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2)
        return 0;
    const auto encoding = data[0] % 2 != 0 ? Encoding::cp437 : Encoding::utf8;
    const bool draws = data[0] >= 0xF0; // seldom: drawing takes most of the time
    const std::size_t step = data[1] + 1;
    const auto bytes = std::as_bytes(std::span(data, size)).subspan(2);
    write_on_screen(filtered(bytes, encoding));
    if (draws)
        use_terminal(bytes, encoding, step);
    return 0;
}
