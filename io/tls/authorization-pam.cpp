// Asks the system's PAM whether an account may be used.
#include "io/tls/authorization-pam.hpp"

#include <security/pam_appl.h>

#include <string>
#include <utility>

namespace qio {

namespace {

/// Ends what pam_start began, with the status it came to.
class PamHandle {
public:
    PamHandle() = default;
    ~PamHandle() {
        if (handle_)
            pam_end(handle_, status_);
    }
    PamHandle(const PamHandle&) = delete;
    PamHandle& operator=(const PamHandle&) = delete;

    int start(const PamOptions& options, const std::string& user) {
        static const pam_conv silent{&refuse, nullptr};
        const char* directory =
            options.config_directory.empty() ? nullptr : options.config_directory.c_str();
        return status_ = directory
                             ? pam_start_confdir(options.service.c_str(), user.c_str(),
                                                 &silent, directory, &handle_)
                             : pam_start(options.service.c_str(), user.c_str(), &silent,
                                         &handle_);
    }
    int check_account() { return status_ = pam_acct_mgmt(handle_, PAM_SILENT); }
    std::string message() const { return pam_strerror(handle_, status_); }

private:
    /// There is nobody to talk to.
    static int refuse(int, const pam_message**, pam_response**, void*) noexcept {
        return PAM_CONV_ERR;
    }

    pam_handle_t* handle_ = nullptr;
    int status_ = PAM_SUCCESS;
};

/// Whether the status is an answer, and none that PAM broke down over.
bool is_refusal(int status) {
    switch (status) {
    case PAM_ACCT_EXPIRED:
    case PAM_AUTH_ERR:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_PERM_DENIED:
    case PAM_USER_UNKNOWN:
        return true;
    default:
        return false;
    }
}

} // namespace

AuthorizationPam::AuthorizationPam(PamOptions options) : options_(std::move(options)) {}

Result<std::shared_ptr<AuthorizationPam>> AuthorizationPam::create(PamOptions options) {
    using namespace std::string_view_literals;
    if (options.service.empty() ||
        options.service.find_first_of("/\0"sv) != std::string::npos)
        return Error{ErrorKind::invalid_argument, 0,
                     "'" + options.service + "' is no name of a PAM service"};
    return std::shared_ptr<AuthorizationPam>(new AuthorizationPam(std::move(options)));
}

Result<bool> AuthorizationPam::is_allowed(std::string_view identity) const {
    // PAM would see another, shorter name.
    if (identity.empty() || identity.find('\0') != identity.npos)
        return false;
    PamHandle pam;
    auto status = pam.start(options_, std::string(identity));
    if (status == PAM_SUCCESS)
        status = pam.check_account();
    if (status == PAM_SUCCESS)
        return true;
    if (is_refusal(status))
        return false;
    return Error{ErrorKind::io, 0,
                 "PAM service '" + options_.service + "': " + pam.message()};
}

} // namespace qio
