// Conversions between UTF-8, which programs use, and what viewers' text is in.
#pragma once

#include <string>
#include <string_view>

#include "io/base/api.hpp"
#include "io/base/bytes.hpp"

namespace qio::ui {

/// Whether the text is valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
QIO_API bool is_utf8(std::string_view text);

/// ISO 8859-1 bytes as UTF-8. Every byte is a character, so this cannot fail.
QIO_API std::string utf8_from_latin1(ByteView latin1);

/// UTF-8 as ISO 8859-1; a character it lacks, or a byte that is no UTF-8, becomes '?'.
QIO_API Bytes latin1_from_utf8(std::string_view utf8);

/// The same text where it is valid; each byte that is no UTF-8 becomes U+FFFD.
QIO_API std::string valid_utf8(std::string_view text);

/// The characters of a text; each byte that is no UTF-8 becomes U+FFFD.
QIO_API std::u32string utf32_from_utf8(std::string_view text);

/// The text for a line of a log: control characters of ASCII become '?'.
QIO_API std::string one_line(std::string text);

/// Every "\r\n" and "\r" as "\n".
QIO_API std::string with_lf(std::string_view text);
/// Every "\n" that has no "\r" in front of it as "\r\n".
QIO_API std::string with_crlf(std::string_view text);

} // namespace qio::ui
