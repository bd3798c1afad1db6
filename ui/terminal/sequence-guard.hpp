// internal: lets only those control sequences through that a terminal is safe with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace qio::terminal {

/// Stands in front of libvterm, and hands it whole sequences or nothing of them. What is
/// inside a control string (OSC, DCS, APC, PM, SOS) is swallowed: none is of use here,
/// and libvterm would keep it without limit. Sequences beyond the limits are dropped, and
/// those that would change how libvterm reads or writes bytes. Repetitions (REP) are
/// written out.
///
/// Limits: those named here; it keeps one sequence.
/// Source: ECMA-48 §5.4, §5.6; the rest as a VT500 does it.
class SequenceGuard {
public:
    static constexpr std::size_t max_sequence_bytes = 96;
    static constexpr int max_parameters = 16;
    static constexpr int max_parameter = 9999;
    static constexpr int max_repetitions = 80; ///< of a character: what a line takes

    /// Takes valid UTF-8 without U+0080 to U+009F, cut anywhere; appends to `out` what is
    /// let through.
    void filter(std::string_view utf8, std::string& out);

private:
    enum class State : std::uint8_t { text, escape, control_sequence, control_string };

    void take(char c, std::string& out);
    void take_text(char c, std::string& out);
    void take_control(char c, std::string& out);
    void take_in_escape(char c, std::string& out);
    void take_in_control_sequence(char c, std::string& out);
    void take_in_string(char c);
    void end_control_sequence(std::string& out);
    void keep(char c);
    void begin_sequence();

    State state_ = State::text;
    std::string sequence_;
    bool too_long_ = false;
    std::string last_character_; // if nothing came after it
};

} // namespace qio::terminal
