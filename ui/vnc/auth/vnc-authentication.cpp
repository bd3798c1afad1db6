// VNC Authentication (security type 2): a challenge encrypted with DES.
#include "ui/vnc/auth/vnc-authentication.hpp"

#include <nettle/des.h>

#include <algorithm>
#include <bit>

#include "io/base/random.hpp"
#include "ui/vnc/auth/compare.hpp"

namespace qio::vnc::auth {

namespace {

std::uint8_t reversed(std::uint8_t byte) {
    std::uint8_t result = 0;
    for (int bit = 0; bit < 8; ++bit)
        result = std::uint8_t(result << 1 | (byte >> bit & 1));
    return result;
}

bool is_response(ByteView response, const Challenge& challenge,
                 std::string_view password) {
    return equal_secrets(response, vnc_response(challenge, password));
}

} // namespace

Challenge vnc_response(const Challenge& challenge, std::string_view password) {
    std::array<std::uint8_t, DES_KEY_SIZE> key{};
    for (std::size_t i = 0; i < std::min(password.size(), key.size()); ++i)
        key[i] = reversed(std::uint8_t(password[i]));
    des_ctx des;
    // It reports weak keys; ours are what people choose.
    des_set_key(&des, key.data());
    Challenge response;
    des_encrypt(&des, response.size(), reinterpret_cast<std::uint8_t*>(response.data()),
                reinterpret_cast<const std::uint8_t*>(challenge.data()));
    return response;
}

Result<Outcome> VncAuthentication::start(Bytes& out) {
    fill_random(challenge_);
    ByteWriter(out).put_bytes(challenge_);
    return NeedMore();
}

Result<Outcome> VncAuthentication::advance(ByteReader& in, EpochSeconds now, Bytes&) {
    const auto response = in.take_bytes(challenge_bytes);
    if (!response)
        return NeedMore();
    const auto passwords = passwords_();
    // Both are always computed: the time is the same whichever is set, or right.
    const bool is_control = is_response(*response, challenge_, passwords.control);
    const bool is_view_only = is_response(*response, challenge_, passwords.view_only);
    if (passwords.have_expired(now))
        return Refused("the password has expired");
    if (is_control && !passwords.control.empty())
        return Accepted();
    if (is_view_only && !passwords.view_only.empty())
        return Accepted({.user = {}, .view_only = true});
    return Refused("wrong password");
}

} // namespace qio::vnc::auth
