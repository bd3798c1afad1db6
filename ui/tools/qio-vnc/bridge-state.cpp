// How qio-vnc is doing, as people and the service manager are told, and how it ends.
#include "ui/tools/qio-vnc/bridge.hpp"

#include "io/tools/notify.hpp"
#include "ui/tools/qio-vnc/messages.hpp"

namespace qio::bridge {

std::size_t Bridge::viewer_count() const {
    std::size_t count = 0;
    for (const auto& [console, server] : servers_)
        count += server->client_count();
    return count;
}

void Bridge::tell_ready(const std::string& status) {
    is_ready_ = true;
    status_ = status;
    service::notify_ready(status);
}

void Bridge::tell(const std::string& status) {
    status_ = status;
    service::notify_status(status);
}

void Bridge::tell_viewers() {
    if (!is_over_)
        tell("viewers: " + std::to_string(viewer_count()));
}

/// To the manager a reload ends with READY, which is no news before the first one, and
/// would be wrong when it stops.
void Bridge::reload() {
    if (is_over_)
        return;
    if (is_ready_)
        service::notify_reloading();
    if (auto done = access_->reload(); done)
        say("certificates and passwords are read again");
    else
        complain("nothing was changed: " + done.error().message);
    if (is_ready_)
        tell_ready(status_);
}

void Bridge::stop(const std::string& reason) {
    if (is_over_)
        return;
    end(0, reason);
}

void Bridge::give_up(const std::string& message) {
    complain(message);
    end(2, message);
}

void Bridge::end(int status, const std::string& reason) {
    if (is_over_)
        return;
    is_over_ = true;
    service::notify_stopping(reason);
    if (management_)
        management_->leave(reason, [this, status] { done_(status); });
    else
        done_(status);
}

} // namespace qio::bridge
