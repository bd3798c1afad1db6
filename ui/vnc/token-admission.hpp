// Signed tokens in the address of a WebSocket, which say who may see which display.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "io/base/bytes.hpp"
#include "ui/vnc/router.hpp"

namespace qio::vnc {

/// What a token says.
struct TokenGrant {
    std::string display; ///< its id; at most 128 bytes, no blanks and no '.'
    Role role = Role::view;
    std::int64_t expires = 0; ///< seconds since 1970; good until the end of this one
    /// Not empty: good once. No other token has the same; at most 64 bytes, no '.'.
    std::string nonce{};
};

/// Makes tokens, and admits those who bring one: as the last part of the path, or as
/// ?token=, so that noVNC's setting `path` takes either.
///
/// Everybody else is refused, RFB without WebSocket included. An answer does not say
/// which of the checks failed.
///
/// Limits: 4096 tokens that are good once and have not expired; then those get a 503.
/// Context: the router's.
class QIO_API TokenAdmission final {
public:
    /// Seconds since 1970.
    using Clock = std::function<std::int64_t()>;

    /// Whoever has the key can make tokens. `clock`: null = the system's.
    /// Errors: invalid_argument for a key of less than 16 bytes.
    static Result<std::shared_ptr<TokenAdmission>> create(ByteView key, Clock clock = {});
    /// The same with the contents of a file, without a line end at its end.
    /// Limits: 4096 bytes. Errors: not_found if it cannot be read; invalid_argument.
    static Result<std::shared_ptr<TokenAdmission>> from_file(const std::string& path,
                                                             Clock clock = {});
    ~TokenAdmission();
    TokenAdmission(const TokenAdmission&) = delete;
    TokenAdmission& operator=(const TokenAdmission&) = delete;

    /// Errors: invalid_argument, also for a token of no display.
    Result<std::string> make_token(const TokenGrant& grant) const;

    std::expected<Admission, ws::HttpRefusal> admit(const Visit& visit);
    /// admit() for RouterOptions::admit; holds `admission`.
    static std::function<std::expected<Admission, ws::HttpRefusal>(const Visit&)>
    function(std::shared_ptr<TokenAdmission> admission);

private:
    class Impl;
    explicit TokenAdmission(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace qio::vnc
