// Short-lived tokens that let a browser in by the path it asks for.
#include "ui/vnc/auth/access-token.hpp"

#include <nettle/hmac.h>

#include <algorithm>
#include <charconv>

#include "io/base/digest.hpp"
#include "ui/vnc/auth/compare.hpp"

namespace qio::vnc::auth {

namespace {

constexpr std::size_t max_display_bytes = 128, max_nonce_bytes = 64;

std::string to_base64url(ByteView bytes) {
    auto text = base64_encode(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.erase(std::ranges::find(text, '='), text.end());
    return text;
}

/// Empty also for text that this encoding never makes.
std::optional<Bytes> from_base64url(std::string_view url) {
    std::string text(url);
    if (text.find_first_of("+/=") != text.npos)
        return std::nullopt;
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    auto bytes = base64_decode(text);
    if (bytes && to_base64url(*bytes) != url)
        return std::nullopt;
    return bytes;
}

bool is_field(std::string_view text, std::size_t max) {
    return text.size() <= max && std::ranges::all_of(text, [](char c) {
               return c > ' ' && c < 127 && c != '.';
           });
}

std::string_view take_field(std::string_view& rest) {
    const auto end = std::min(rest.find('.'), rest.size());
    const auto field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return field;
}

std::optional<AccessGrant> parse_grant(std::string_view text) {
    if (std::ranges::count(text, '.') != 4 || take_field(text) != "1")
        return std::nullopt;
    AccessGrant grant;
    const auto role = take_field(text);
    const auto expires = take_field(text);
    grant.display = take_field(text);
    grant.nonce = take_field(text);
    if (role != "control" && role != "view")
        return std::nullopt;
    grant.role = role == "view" ? AccessGrant::Role::view : AccessGrant::Role::control;
    const auto* end = expires.data() + expires.size();
    const auto [stop, error] = std::from_chars(expires.data(), end, grant.expires);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return grant;
}

Error denied(const char* why) {
    return {ErrorKind::permission_denied, 0, why};
}

} // namespace

Result<AccessTokens> AccessTokens::create(ByteView key) {
    if (key.size() < min_key_bytes)
        return Error{ErrorKind::invalid_argument, 0,
                     "a key for tokens has at least 16 bytes"};
    return AccessTokens(Bytes(key.begin(), key.end()));
}

Bytes AccessTokens::signature_of(std::string_view text) const {
    hmac_sha256_ctx hmac;
    hmac_sha256_set_key(&hmac, key_.size(),
                        reinterpret_cast<const std::uint8_t*>(key_.data()));
    hmac_sha256_update(&hmac, text.size(),
                       reinterpret_cast<const std::uint8_t*>(text.data()));
    Bytes signature(SHA256_DIGEST_SIZE);
    hmac_sha256_digest(&hmac, signature.size(),
                       reinterpret_cast<std::uint8_t*>(signature.data()));
    return signature;
}

Result<std::string> AccessTokens::make(const AccessGrant& grant) const {
    if (!is_field(grant.display, max_display_bytes) ||
        !is_field(grant.nonce, max_nonce_bytes))
        return Error{ErrorKind::invalid_argument, 0,
                     "the display or the nonce of a token is too long, or has other "
                     "characters than printable ones without blanks and dots"};
    const auto text =
        std::string("1.")
            .append(grant.role == AccessGrant::Role::view ? "view." : "control.")
            .append(std::to_string(grant.expires))
            .append(".")
            .append(grant.display)
            .append(".")
            .append(grant.nonce);
    return to_base64url(as_bytes(text)) + "." + to_base64url(signature_of(text));
}

Result<AccessGrant> AccessTokens::verify(std::string_view token, EpochSeconds now) {
    if (token.size() > max_token_bytes)
        return denied("the token is too long");
    const auto dot = token.find('.');
    if (dot == token.npos)
        return denied("this is no token");
    const auto text = from_base64url(token.substr(0, dot));
    const auto signature = from_base64url(token.substr(dot + 1));
    if (!text || !signature)
        return denied("this is no token");
    if (!equal_secrets(*signature, signature_of(as_text(*text))))
        return denied("the token's signature is wrong");
    auto grant = parse_grant(as_text(*text));
    if (!grant)
        return denied("the token says nothing that is known");
    if (grant->expires < now)
        return denied("the token has expired");
    if (!grant->nonce.empty())
        QIO_TRY(use_up(*grant, now));
    return *std::move(grant);
}

Result<void> AccessTokens::use_up(const AccessGrant& grant, EpochSeconds now) {
    std::erase_if(used_, [&](auto& entry) { return entry.second < now; });
    if (used_.contains(grant.nonce))
        return denied("the token has been used");
    // Forgetting one that is still good would let it in again.
    if (used_.size() >= max_nonces)
        return Error{ErrorKind::limit, 0,
                     "too many tokens that are good once are in use"};
    used_.emplace(grant.nonce, grant.expires);
    return {};
}

} // namespace qio::vnc::auth
