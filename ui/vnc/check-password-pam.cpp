// Asks the system's PAM whether a password is a user's.
#include "ui/vnc/check-password-pam.hpp"

#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "io/core/thread-pool.hpp"

namespace qio::vnc {

namespace {

/// Gives the password to whoever asks for something that is not to be shown, and has no
/// answer to anything else.
int converse(int count, const pam_message** messages, pam_response** responses,
             void* password) noexcept {
    auto* answers =
        static_cast<pam_response*>(std::calloc(std::size_t(count), sizeof(pam_response)));
    if (answers == nullptr)
        return PAM_BUF_ERR;
    // PAM frees the answers.
    for (int i = 0; i < count; ++i)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = strdup(static_cast<const char*>(password));
    *responses = answers;
    return PAM_SUCCESS;
}

/// Whether the password is the user's, and the account may be used. Blocks.
bool is_right(const PamOptions& options, const std::string& user, std::string password) {
    const pam_conv conversation{&converse, password.data()};
    const char* directory =
        options.config_directory.empty() ? nullptr : options.config_directory.c_str();
    pam_handle_t* handle = nullptr;
    int status = directory ? pam_start_confdir(options.service.c_str(), user.c_str(),
                                               &conversation, directory, &handle)
                           : pam_start(options.service.c_str(), user.c_str(),
                                       &conversation, &handle);
    if (status != PAM_SUCCESS)
        return false;
    constexpr int flags = PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK;
    status = pam_authenticate(handle, flags);
    if (status == PAM_SUCCESS)
        status = pam_acct_mgmt(handle, flags);
    pam_end(handle, status);
    return status == PAM_SUCCESS;
}

} // namespace

Result<CheckPassword> check_password_with_pam(PamOptions options, GMainContext* context) {
    // The same rules for a service's name.
    QIO_TRY(AuthorizationPam::create(options));
    // A std::function is copied; the reference on the context is not.
    const auto kept = std::make_shared<const ContextRef>(context_or_default(context));
    return [options, kept](const LoginRequest& request, const std::string& password,
                           LoginAnswer answer) {
        run_in_thread<bool>(
            {.context = kept->get()},
            [options, user = request.user, password](std::stop_token) -> Result<bool> {
                return is_right(options, user, password);
            },
            [answer = std::move(answer)](const Result<bool>& right) mutable {
                answer(right && *right ? LoginDecision::control : LoginDecision::refuse);
            });
    };
}

} // namespace qio::vnc
