// What managers may do with qio-vnc, and what they are told.
#include "ui/tools/qio-vnc/bridge.hpp"

#include <utility>

#include "io/socket/channel-socket.hpp"

namespace qio::bridge {

void Bridge::make_management() {
    if (options_.peer_fd)
        return;
    Managed& managed = *this;
    management_ = std::make_unique<Management>(
        managed, ManagementOptions{.address = options_.dbus_address,
                                   .server_name = options_.display.id.empty()
                                                      ? "default"
                                                      : options_.display.id,
                                   .auth = access_->auth(),
                                   .vencrypt_sub_auth = access_->vencrypt_sub_auth()});
}

vnc::ServerEvents Bridge::server_events(const void* screen) {
    const auto tell = [this, screen](auto what) {
        return [this, screen, what](const vnc::ClientInfo& client) {
            if (management_)
                (management_.get()->*what)(screen, client);
            tell_viewers();
        };
    };
    vnc::ServerEvents events;
    events.connected = tell(&Management::connected);
    events.initialized = tell(&Management::initialized);
    events.disconnected = tell(&Management::disconnected);
    events.power_wanted = [this, screen](const vnc::ClientInfo& client,
                                         ui::PowerAction action) {
        return management_ && management_->power_wanted(screen, client, action);
    };
    return events;
}

Result<void> Bridge::set_password(const std::string& password) {
    return access_->security()->set_password(password);
}

Result<void> Bridge::expire_password(const std::string& when) {
    return access_->security()->expire_password(when);
}

Result<void> Bridge::reload_certificates() {
    return access_->reload_certificates();
}

Result<void> Bridge::add_client(UniqueFd socket, vnc::AskWho ask) {
    if (usual_ == nullptr)
        return Error{ErrorKind::not_found, 0, "there is no machine yet"};
    usual_->add_client(QIO_TRY(ChannelSocket::from_fd(std::move(socket))), ask);
    return {};
}

std::vector<vnc::ListenerInfo> Bridge::listeners() const {
    return router_->listeners();
}

} // namespace qio::bridge
