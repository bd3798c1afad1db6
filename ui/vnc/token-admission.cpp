// Signed tokens in the address of a WebSocket.
#include "ui/vnc/token-admission.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <string_view>

#include "ui/vnc/auth/access-token.hpp"

namespace qio::vnc {

namespace {

using auth::AccessGrant;
using Admitted = std::expected<Admission, ws::HttpRefusal>;

constexpr std::size_t max_key_file = 4096;
constexpr std::string_view display_prefix = "/display/";

std::int64_t system_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

/// The token, and the path as it may be told to others.
struct Found {
    std::string_view token;
    std::string_view path;
};

std::optional<Found> token_of(const Visit& visit) {
    constexpr std::string_view name = "token=";
    std::string_view rest = visit.query;
    while (!rest.empty()) {
        const auto parameter = rest.substr(0, rest.find('&'));
        if (parameter.starts_with(name))
            return Found{parameter.substr(name.size()), visit.path};
        rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
    }
    // Tokens have a dot in them, which tells them from the usual paths.
    const std::string_view path = visit.path;
    const auto slash = path.rfind('/');
    if (slash == path.npos || !path.substr(slash).contains('.'))
        return std::nullopt;
    return Found{path.substr(slash + 1), path.substr(0, slash + 1)};
}

/// Whether a path that names a display names this one.
bool leads_to(std::string_view path, std::string_view display) {
    if (!path.starts_with(display_prefix))
        return true;
    path.remove_prefix(display_prefix.size());
    return path.substr(0, path.find('/')) == display;
}

Admitted refusal(int status, const char* why, std::vector<ws::HttpField> fields = {}) {
    return std::unexpected(ws::HttpRefusal{status, why, std::move(fields)});
}

} // namespace

class TokenAdmission::Impl {
public:
    Impl(auth::AccessTokens tokens, Clock clock)
        : tokens_(std::move(tokens)), clock_(clock ? std::move(clock) : system_seconds) {}

    Result<std::string> make_token(const TokenGrant& grant) const {
        if (grant.display.empty())
            return Error{ErrorKind::invalid_argument, 0, "a token is of one display"};
        const auto role = grant.role == Role::control ? AccessGrant::Role::control
                                                      : AccessGrant::Role::view;
        return tokens_.make({grant.display, role, grant.expires, grant.nonce});
    }

    Admitted admit(const Visit& visit) {
        const auto found = token_of(visit);
        if (!found)
            return refusal(401, "A token is needed here.",
                           {{"WWW-Authenticate", "Bearer"}});
        const auto grant = tokens_.verify(found->token, clock_());
        if (!grant && grant.error().kind == ErrorKind::limit)
            return refusal(503, "Too many tokens are in use; try again later.");
        if (!grant || grant->display.empty() || !leads_to(found->path, grant->display))
            return refusal(403, "The token is not good here.");
        return Admission{.display = grant->display,
                         .role = grant->role == AccessGrant::Role::control ? Role::control
                                                                           : Role::view,
                         .shown_path = std::string(found->path)};
    }

private:
    auth::AccessTokens tokens_;
    const Clock clock_;
};

TokenAdmission::TokenAdmission(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenAdmission::~TokenAdmission() = default;

Result<std::shared_ptr<TokenAdmission>> TokenAdmission::create(ByteView key,
                                                               Clock clock) {
    auto tokens = QIO_TRY(auth::AccessTokens::create(key));
    auto impl = std::make_unique<Impl>(std::move(tokens), std::move(clock));
    return std::shared_ptr<TokenAdmission>(new TokenAdmission(std::move(impl)));
}

Result<std::shared_ptr<TokenAdmission>> TokenAdmission::from_file(const std::string& path,
                                                                  Clock clock) {
    std::string key(max_key_file + 1, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(key.data(), std::streamsize(key.size()));
    if (!file.is_open() || file.bad())
        return Error{ErrorKind::not_found, 0, "cannot read the key in '" + path + "'"};
    key.resize(std::size_t(file.gcount()));
    if (key.size() > max_key_file)
        return Error{ErrorKind::invalid_argument, 0,
                     "the key in '" + path + "' has more than 4096 bytes"};
    if (key.ends_with('\n'))
        key.pop_back();
    if (key.ends_with('\r'))
        key.pop_back();
    return create(as_bytes(key), std::move(clock));
}

Result<std::string> TokenAdmission::make_token(const TokenGrant& grant) const {
    return impl_->make_token(grant);
}

Admitted TokenAdmission::admit(const Visit& visit) {
    return impl_->admit(visit);
}

std::function<Admitted(const Visit&)>
TokenAdmission::function(std::shared_ptr<TokenAdmission> admission) {
    return [admission = std::move(admission)](const Visit& visit) {
        return admission->admit(visit);
    };
}

} // namespace qio::vnc
