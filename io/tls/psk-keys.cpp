// The file of pre-shared keys: one "user:hexkey" a line.
#include "io/tls/psk-keys.hpp"

#include <algorithm>
#include <utility>

namespace qio::tls {

namespace {

Error bad(std::string message) {
    return {ErrorKind::invalid_argument, 0, std::move(message)};
}

/// The value of a hexadecimal digit, -1 for anything else.
int digit_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

Result<Secret> parse_key(std::string_view digits) {
    if (digits.empty())
        return bad("no key after the ':'");
    if (digits.size() > 2 * max_psk_key)
        return Error{ErrorKind::limit, 0,
                     "a key of more than " + std::to_string(max_psk_key) + " bytes"};
    if (!std::ranges::all_of(digits, [](char c) { return digit_value(c) >= 0; }))
        return bad("a key with something else than hexadecimal digits");
    if (digits.size() % 2 != 0)
        return bad("a key with half a byte (an odd number of digits)");
    Secret key(digits.size() / 2);
    for (std::size_t i = 0; i < key.size(); ++i)
        key.data()[i] =
            std::byte(digit_value(digits[2 * i]) << 4 | digit_value(digits[2 * i + 1]));
    return key;
}

/// Takes the first line off the text, without its end.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

} // namespace

Result<PskKeys> PskKeys::parse(std::string_view text) {
    if (text.size() > max_psk_file)
        return Error{ErrorKind::limit, 0,
                     "more than " + std::to_string(max_psk_file) + " bytes of keys"};
    PskKeys keys;
    for (unsigned number = 1; !text.empty(); ++number)
        if (auto added = keys.add_line(take_line(text)); !added)
            return std::move(added).error().with_context("line " +
                                                         std::to_string(number));
    return keys;
}

Result<void> PskKeys::add_line(std::string_view line) {
    if (line.empty() || line.starts_with('#'))
        return {};
    if (line.find('\0') != line.npos)
        return bad("a NUL");
    const auto colon = line.find(':');
    if (colon == line.npos)
        return bad("no ':' between user and key");
    const auto user = line.substr(0, colon);
    if (user.empty())
        return bad("no user before the ':'");
    if (user.size() > max_psk_user)
        return Error{ErrorKind::limit, 0,
                     "a user of more than " + std::to_string(max_psk_user) + " bytes"};
    auto key = QIO_TRY(parse_key(line.substr(colon + 1)));
    if (!keys_.try_emplace(std::string(user), std::move(key)).second)
        return bad("a user who has a key already");
    return {};
}

std::optional<ByteView> PskKeys::find(std::string_view user) const {
    const auto found = keys_.find(user);
    if (found == keys_.end())
        return std::nullopt;
    return found->second.view();
}

} // namespace qio::tls
