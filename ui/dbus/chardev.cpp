// internal: a character device of the machine, such as a serial port.
#include "ui/dbus/chardev.hpp"

#include <utility>

#include "ui/dbus/names.hpp"
#include "ui/dbus/private-link.hpp"

namespace qio::dbus {

namespace {

/// Whether nobody has it, by its properties; also if it is said to be ours, whose stream
/// is gone.
bool is_free(GVariant* properties, GDBusConnection* connection) {
    const auto owner = find_text(properties, "Owner").value_or("");
    const char* ours = g_dbus_connection_get_unique_name(connection);
    return owner.empty() || (ours && owner == ours);
}

/// Whether that was news.
bool update(std::string& text, std::optional<std::string> value) {
    if (!value || *value == text)
        return false;
    text = *std::move(value);
    return true;
}

} // namespace

Chardev::Chardev(std::string_view path, std::string_view id,
                 std::chrono::milliseconds retry_after)
    : info_{.path = std::string(path), .id = std::string(id)}, retry_after_(retry_after) {
}

void Chardev::use(ChardevEvents events) {
    events_ = std::move(events);
    is_used_ = true;
    if (remote_)
        take();
}

void Chardev::release() {
    events_ = {};
    is_used_ = false;
    again_.reset();
    close();
}

void Chardev::attach(Remote& remote) {
    remote_ = &remote;
    if (is_used_)
        take();
}

void Chardev::detach() {
    remote_ = nullptr;
    again_.reset();
    close();
}

/// It is ours when the machine says so, and not before: what is sent until then would be
/// nobody's if it refuses.
void Chardev::take() {
    again_.reset();
    const auto epoch = ++epoch_;
    auto sockets = SocketPair::create();
    if (sockets) {
        auto stream = ChardevStream::open(
            std::move(sockets->ours),
            [this](ByteView bytes) {
                if (events_.received)
                    events_.received(bytes);
            },
            [this] { lost(); });
        if (stream)
            stream_ = std::move(*stream);
    }
    if (!stream_)
        return look_again();
    remote_->call(
        info_.path.c_str(), names::chardev, "Register", g_variant_new("(h)", 0),
        [this, epoch](const Result<VariantRef>& reply) {
            if (epoch == epoch_)
                taken(reply);
        },
        std::move(sockets->theirs));
}

void Chardev::taken(const Result<VariantRef>& reply) {
    if (!reply)
        return lost();
    is_open_ = true;
    if (events_.opened)
        events_.opened();
}

void Chardev::lost() {
    close();
    look_again();
}

void Chardev::close() {
    ++epoch_;
    stream_.reset();
    if (std::exchange(is_open_, false) && events_.closed)
        events_.closed();
}

void Chardev::look_again() {
    again_ = Timer(retry_after_, [this] { ask_owner(); });
}

void Chardev::ask_owner() {
    remote_->call(info_.path.c_str(), names::properties, "GetAll",
                  g_variant_new("(s)", names::chardev),
                  [this, epoch = epoch_](const Result<VariantRef>& reply) {
                      if (epoch == epoch_)
                          owner_told(reply);
                  });
}

void Chardev::owner_told(const Result<VariantRef>& reply) {
    if (!reply || !g_variant_is_of_type(reply->get(), G_VARIANT_TYPE("(a{sv})")))
        return look_again();
    const VariantRef all(g_variant_get_child_value(reply->get(), 0));
    if (is_free(all.get(), remote_->connection()))
        take();
    else
        look_again();
}

void Chardev::set_properties(std::string_view interface, GVariant* properties) {
    bool is_new = false;
    if (interface == names::chardev)
        is_new = update(info_.name, find_text(properties, "Name"));
    if (interface == names::chardev_encoding)
        is_new = update(info_.encoding, find_text(properties, "Encoding"));
    if (is_new && events_.changed)
        events_.changed();
}

} // namespace qio::dbus
