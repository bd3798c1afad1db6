// Who may use a VNC server: what clients are asked for, and who decides.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/api.hpp"
#include "io/base/error.hpp"
#include "io/tls/authorization.hpp"
#include "io/tls/credentials.hpp"

namespace qio::vnc {

/// How a client proves who it is.
enum class LoginMethod : std::uint8_t {
    password, ///< VNC authentication: a password of the display, eight bytes of it
    sasl,     ///< SASL, as the system's configuration of it says
    plain,    ///< a user name and a password, which the program checks; inside TLS only
    rsa_aes, ///< RSA-AES, with a password of the display; with `plain`, user and password
};

/// How many security types a client may choose from.
enum class OfferStyle : std::uint8_t {
    one,     ///< one for each listener, as QEMU does: a password wins over SASL
    several, ///< all that the methods allow, the strongest first
};

/// A client that wants to come in.
struct LoginRequest {
    std::string method{};     ///< "none", "vnc", "vencrypt+x509+plain", "sasl", "ra2"…
    std::string user{};       ///< empty: no name was proved, or asked for
    std::string x509_dname{}; ///< of a verified client certificate; empty: none
    std::string address{};    ///< host, "unix", or empty if it is not known
    bool view_only = false;   ///< what was proved allows no more
};

enum class LoginDecision : std::uint8_t { refuse, control, view_only };

/// Takes the decision: at once, or later on the server's context, which meanwhile serves
/// others. Dropped without a call it refuses; after the client has gone nothing happens.
using LoginAnswer = std::move_only_function<void(LoginDecision)>;

/// Whether a client that has proved its name may come in.
using Authorize = std::function<void(const LoginRequest&, LoginAnswer)>;
/// Whether that is the password of the request's user.
using CheckPassword =
    std::function<void(const LoginRequest&, const std::string& password, LoginAnswer)>;

struct SecurityOptions {
    std::vector<LoginMethod> methods{}; ///< empty: everybody may come in
    OfferStyle style = OfferStyle::one;
    /// A server's. Clients then are let in over TLS only, inside RFB or (wss) around it.
    std::shared_ptr<TlsCredentials> tls{};
    /// Asked by a client certificate's distinguished name.
    std::shared_ptr<const Authorization> tls_authorization{};
    /// Names SASL's configuration file; the first server of the process decides.
    std::string sasl_application = "qemu";
    /// Asked by the user name that SASL has proved.
    std::shared_ptr<const Authorization> sasl_authorization{};
    CheckPassword check_password{}; ///< for `plain`, which needs it
    Authorize authorize{};          ///< asked last, whatever the method
    /// The server's RSA key as PEM (PKCS#1); empty: a new one is made when it is needed.
    std::string rsa_key_pem{};
};

struct SecurityState;

/// The policy of a server, the same for all its listeners; may be shared by servers,
/// which then count failed logins together. What a client may choose from is said once,
/// and nothing that is changed later makes it less.
///
/// From the fifth failed login on, an address has to wait: 10 seconds, then 20, up to 10
/// minutes, until a login succeeds.
///
/// Context: the one of the servers.
class QIO_API Security final {
public:
    /// Errors: invalid_argument for what does not go together; not_supported for SASL
    /// where it is not built in.
    static Result<std::shared_ptr<Security>> create(SecurityOptions options = {});
    ~Security();
    Security(const Security&) = delete;
    Security& operator=(const Security&) = delete;

    /// Counts from now on, also for clients that are just being asked. An empty password
    /// is none: every login is refused until there is one.
    /// Errors: invalid_argument if clients are not asked for a password of the display.
    Result<void> set_password(std::string password);
    /// A second password, whose clients only look.
    Result<void> set_view_only_password(std::string password);
    /// When both passwords end: "now", "never", "+SECONDS" from now, or seconds since
    /// 1970. Sessions stay.
    /// Errors: invalid_argument.
    Result<void> expire_password(std::string_view when);

    /// Counts for later sessions. Errors: invalid_argument if there were none before, or
    /// of another kind, or if the authorization would never be asked.
    Result<void> set_tls(std::shared_ptr<TlsCredentials> tls,
                         std::shared_ptr<const Authorization> authorization);
    void set_sasl_authorization(std::shared_ptr<const Authorization> authorization);
    void set_authorize(Authorize authorize);
    /// Null refuses everybody. Errors: invalid_argument without LoginMethod::plain.
    Result<void> set_check_password(CheckPassword check);

    std::shared_ptr<TlsCredentials> tls() const;
    std::shared_ptr<const Authorization> tls_authorization() const;

    /// internal to ui/vnc.
    const std::shared_ptr<SecurityState>& state() const { return state_; }

private:
    explicit Security(std::shared_ptr<SecurityState> state);
    std::shared_ptr<SecurityState> state_;
};

} // namespace qio::vnc
