// internal: what viewers of qio-vnc have to show: passwords, TLS, SASL, tokens.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ui/tools/qio-vnc/options.hpp"
#include "ui/vnc/security.hpp"
#include "ui/vnc/token-admission.hpp"

namespace qio::bridge {

/// Made out of the options, and of the files that they name.
///
/// Lifetime: borrows the options.
class Access {
public:
    /// Errors: of files that are not there or not right; each names its option.
    static Result<std::unique_ptr<Access>> create(const Options& options);

    const std::shared_ptr<vnc::Security>& security() const { return security_; }
    /// For what comes by TLS from its first byte on; null: none.
    const std::shared_ptr<TlsCredentials>& credentials() const { return credentials_; }
    const std::shared_ptr<const Authorization>& tls_authorization() const {
        return tls_authorization_;
    }
    /// Null: nobody needs a token.
    const std::shared_ptr<vnc::TokenAdmission>& tokens() const { return tokens_; }

    /// How viewers log in, as queries name it: "none", "vnc", "sasl" or "vencrypt", and
    /// what is within the latter, as "x509-vnc".
    std::string auth() const;
    std::string vencrypt_sub_auth() const;

    /// Reads certificates again. Errors: not_supported if there are none.
    Result<void> reload_certificates();
    /// Reads certificates and passwords again. Errors: of files that are not right any
    /// more; then all stays as it was.
    Result<void> reload();

private:
    explicit Access(const Options& options) : options_(options) {}
    Result<void> load_tls();
    Result<void> load_security();
    Result<std::optional<std::string>> read_password() const;

    std::string login() const;

    const Options& options_;
    std::string password_file_{}; // empty: none
    bool has_password_ = false;
    std::shared_ptr<TlsCredentials> credentials_{};
    std::shared_ptr<const Authorization> tls_authorization_{};
    std::shared_ptr<vnc::Security> security_{};
    std::shared_ptr<vnc::TokenAdmission> tokens_{};
};

} // namespace qio::bridge
