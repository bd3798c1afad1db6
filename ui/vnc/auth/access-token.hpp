// internal: short-lived tokens that let a browser in by the path it asks for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ui/vnc/auth/authenticator.hpp"

namespace qio::vnc::auth {

/// What the bearer of a token may do.
struct AccessGrant {
    enum class Role : std::uint8_t { control, view };

    std::string display{}; ///< its id; at most 128 bytes, no '.'
    Role role = Role::view;
    EpochSeconds expires = 0; ///< good until the end of this second
    std::string nonce{};      ///< not empty: good once; at most 64 bytes, no '.'
    bool operator==(const AccessGrant&) const = default;
};

/// Makes tokens and reads them again: base64url of "1.ROLE.EXPIRES.DISPLAY.NONCE", a '.',
/// and base64url of its HMAC-SHA256.
///
/// Units/limits: tokens of 512 bytes; 4096 nonces of tokens that have not expired.
/// Source: RFC 2104, RFC 4648 §5.
class AccessTokens {
public:
    static constexpr std::size_t min_key_bytes = 16;
    static constexpr std::size_t max_token_bytes = 512;
    static constexpr std::size_t max_nonces = 4096;

    /// Errors: invalid_argument for a key that is too short.
    static Result<AccessTokens> create(ByteView key);

    /// Errors: invalid_argument.
    Result<std::string> make(const AccessGrant& grant) const;

    /// What a token grants now. One with a nonce is used up by this.
    /// Errors: permission_denied, with the reason for traces; limit, when too many nonces
    /// have to be remembered.
    Result<AccessGrant> verify(std::string_view token, EpochSeconds now);

private:
    explicit AccessTokens(Bytes key) : key_(std::move(key)) {}
    Bytes signature_of(std::string_view text) const;
    Result<void> use_up(const AccessGrant& grant, EpochSeconds now);

    Bytes key_;
    std::map<std::string, EpochSeconds> used_; // nonces, and when they can be forgotten
};

} // namespace qio::vnc::auth
