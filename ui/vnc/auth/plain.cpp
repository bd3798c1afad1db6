// Plain (256): a user name and a password, as they are.
#include "ui/vnc/auth/plain.hpp"

namespace qio::vnc::auth {

Result<Outcome> Plain::advance(ByteReader& in, EpochSeconds, Bytes&) {
    ByteReader whole = in;
    const auto name_bytes = whole.take<std::uint32_t>();
    const auto password_bytes = whole.take<std::uint32_t>();
    if (!password_bytes)
        return NeedMore();
    if (*name_bytes > max_plain_bytes || *password_bytes > max_plain_bytes)
        return Error{ErrorKind::limit, 0, "a user name or password above 1024 bytes"};
    const auto name = whole.take_bytes(*name_bytes);
    const auto password = name ? whole.take_bytes(*password_bytes) : std::nullopt;
    if (!password)
        return NeedMore();
    in = whole;
    Ask ask{std::string(as_text(*name)), std::string(as_text(*password))};
    // Who compares as C does would see other, shorter ones.
    if (ask.user.empty() || ask.user.contains('\0') || ask.password.contains('\0'))
        return Refused("no user name, or a NUL in it or in the password");
    return ask;
}

} // namespace qio::vnc::auth
