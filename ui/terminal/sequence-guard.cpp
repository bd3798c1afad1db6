// Lets only those control sequences through that a terminal is safe with.
#include "ui/terminal/sequence-guard.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace qio::terminal {

namespace {

constexpr char bell = 0x07, cancel = 0x18, substitute = 0x1A, escape = 0x1B,
               delete_character = 0x7F;

bool is_between(char c, char first, char last) {
    return c >= first && c <= last;
}

bool is_control(char c) {
    return is_between(c, 0x00, 0x1F);
}

bool is_intermediate(char c) {
    return is_between(c, 0x20, 0x2F);
}

/// Neither a control character nor of a sequence: the byte of a character beyond ASCII.
bool is_beyond_ascii(char c) {
    return (std::uint8_t(c) & 0x80) != 0;
}

bool is_continuation(char c) {
    return (std::uint8_t(c) & 0xC0) == 0x80;
}

/// `sequence` without ESC: those that libvterm knows, but for how it reads and writes
/// bytes (ESC % and ESC SP), for letters of double size, which are not drawn, and for the
/// test picture (ESC # 8), which costs too much for three bytes.
bool is_useful_escape(std::string_view sequence) {
    constexpr std::string_view alone = "78=>DEHMNOcno|}~", designating = "()*+";
    if (sequence.size() == 1)
        return alone.contains(sequence[0]);
    return sequence.size() == 2 && designating.contains(sequence[0]);
}

/// What it comes to, if it is REP.
std::optional<int> repetitions_of(std::string_view sequence) {
    if (!sequence.ends_with('b'))
        return std::nullopt;
    sequence.remove_suffix(1);
    unsigned count = 0;
    const auto parsed = std::from_chars(sequence.begin(), sequence.end(), count);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == sequence.end();
    if (!is_number && !sequence.empty())
        return 0;
    return int(std::clamp(count, 1u, unsigned(SequenceGuard::max_repetitions)));
}

/// Whether these are parameters, not too many, and none too large.
bool are_parameters(std::string_view text) {
    int count = 1, value = 0;
    for (const char c : text) {
        if (c == ';' || c == ':') {
            ++count;
            value = 0;
        } else if (is_between(c, '0', '9')) {
            value = value * 10 + (c - '0');
        } else {
            return false;
        }
        if (count > SequenceGuard::max_parameters || value > SequenceGuard::max_parameter)
            return false;
    }
    return true;
}

/// `sequence` without CSI: a mark of private use, parameters, one intermediate byte and
/// the final byte, of which the last is always there. Margins on the left and on the
/// right (DECSLRM) are not offered: they can put the cursor beside the screen.
bool is_useful_control_sequence(std::string_view sequence) {
    if (sequence.back() == 's')
        return false;
    sequence.remove_suffix(1);
    if (!sequence.empty() && is_between(sequence.front(), '<', '?'))
        sequence.remove_prefix(1);
    if (!sequence.empty() && is_intermediate(sequence.back()))
        sequence.remove_suffix(1);
    return are_parameters(sequence);
}

} // namespace

void SequenceGuard::filter(std::string_view utf8, std::string& out) {
    for (const char c : utf8)
        take(c, out);
}

void SequenceGuard::take(char c, std::string& out) {
    if (c == escape)
        return begin_sequence();
    if (state_ == State::text)
        return take_text(c, out);
    if (state_ == State::control_string)
        return take_in_string(c);
    if (is_control(c))
        return take_control(c, out);
    if (is_beyond_ascii(c)) {
        state_ = State::text;
        return take_text(c, out);
    }
    if (c == delete_character)
        return;
    if (state_ == State::escape)
        return take_in_escape(c, out);
    take_in_control_sequence(c, out);
}

void SequenceGuard::take_text(char c, std::string& out) {
    out += c;
    if (is_control(c))
        last_character_.clear();
    else if (is_continuation(c))
        last_character_ += c;
    else
        last_character_.assign(1, c);
}

/// A control character within a sequence is obeyed first, unless it ends the sequence.
void SequenceGuard::take_control(char c, std::string& out) {
    if (c == cancel || c == substitute)
        state_ = State::text;
    else
        out += c;
}

void SequenceGuard::take_in_escape(char c, std::string& out) {
    keep(c);
    if (is_intermediate(c))
        return;
    const bool is_alone = sequence_.size() == 2;
    if (is_alone && c == '[') {
        state_ = State::control_sequence;
        return;
    }
    last_character_.clear();
    if (is_alone && std::string_view("]PX^_").contains(c)) {
        state_ = State::control_string;
        return;
    }
    state_ = State::text;
    if (!too_long_ && is_useful_escape(std::string_view(sequence_).substr(1)))
        out += sequence_;
}

void SequenceGuard::take_in_control_sequence(char c, std::string& out) {
    keep(c);
    if (c < 0x40)
        return;
    state_ = State::text;
    if (!too_long_)
        end_control_sequence(out);
}

void SequenceGuard::end_control_sequence(std::string& out) {
    const auto behind = std::string_view(sequence_).substr(2); // CSI
    if (const auto repetitions = repetitions_of(behind)) {
        for (int i = 0; i < *repetitions; ++i)
            out += last_character_;
        return;
    }
    last_character_.clear();
    if (is_useful_control_sequence(behind))
        out += sequence_;
}

/// Its regular end, ESC \, begins with what ends it anyway.
void SequenceGuard::take_in_string(char c) {
    if (c == bell || c == cancel || c == substitute)
        state_ = State::text;
}

void SequenceGuard::keep(char c) {
    if (sequence_.size() < max_sequence_bytes)
        sequence_ += c;
    else
        too_long_ = true;
}

void SequenceGuard::begin_sequence() {
    state_ = State::escape;
    sequence_.assign(1, escape);
    too_long_ = false;
}

} // namespace qio::terminal
