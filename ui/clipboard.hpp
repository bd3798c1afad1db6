// What the emulator's side has copied, for viewers to paste.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace qio::ui {

/// The longest text that a display takes, in bytes.
inline constexpr std::size_t max_clipboard_bytes = 1 << 20;

/// The clipboard's content, or the promise of one.
struct Clipboard {
    std::uint64_t serial = 0; ///< grows with each new content; 0 = there never was one
    bool has_text = false;
    /// Valid UTF-8, lines end in LF, not empty. Null without text, and as long as it is
    /// only announced.
    std::shared_ptr<const std::string> text;

    bool operator==(const Clipboard&) const = default;
};

} // namespace qio::ui
