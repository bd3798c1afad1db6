// The keys typed last, as text (internal to vnc-demo).
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace qio::demo {

/// How a key appears in the text: itself, or a name like "<Return>"; empty for modifiers.
std::string key_text(std::uint32_t keysym);

/// What was typed: BackSpace takes the last key back.
class TypedText {
public:
    static constexpr std::size_t max_characters = 40;

    void press(std::uint32_t keysym);
    std::string text() const;

private:
    std::deque<std::string> keys_;
    std::size_t characters_ = 0;
};

} // namespace qio::demo
