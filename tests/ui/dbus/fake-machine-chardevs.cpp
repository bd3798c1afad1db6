// The character devices of the machine.
#include <sys/socket.h>

#include "tests/ui/dbus/fake-machine.hpp"
#include "ui/dbus/names.hpp"

namespace qio::test {

using namespace dbus;

namespace {

std::string path_of_chardev(const std::string& id) {
    return std::string(names::root_path) + "/Chardev_" + id;
}

} // namespace

void FakeMachine::add_chardev(const std::string& id, const std::string& name,
                              const std::string& encoding) {
    const std::lock_guard lock(mutex_);
    const auto path = path_of_chardev(id);
    objects_[path][names::chardev] =
        dictionary_of(("{'Name': <'" + name +
                       "'>, 'FEOpened': <true>, 'Echo': <false>, "
                       "'Owner': <''>}")
                          .c_str());
    if (!encoding.empty())
        objects_[path][names::chardev_encoding] =
            dictionary_of(("{'Encoding': <'" + encoding + "'>}").c_str());
    if (connection_)
        emit_about_objects("InterfacesAdded", g_variant_new("(o@a{sa{sv}})", path.c_str(),
                                                            interfaces_of(path)));
}

/// Whoever had it before finds its socket closed.
void FakeMachine::register_chardev(GDBusMessage* message, const std::string& path) {
    chardevs_[path] = descriptor_of(message);
    set_locked(path, names::chardev, "Owner", g_variant_new_string(client_.c_str()));
    reply(message, nullptr);
}

void FakeMachine::write_chardev(const std::string& id, std::string_view text) {
    const std::lock_guard lock(mutex_);
    const int fd = chardevs_.at(path_of_chardev(id)).get();
    while (!text.empty()) {
        const auto count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (count < 0)
            return;
        text.remove_prefix(std::size_t(count));
    }
}

std::string FakeMachine::read_chardev(const std::string& id) {
    const std::lock_guard lock(mutex_);
    std::string text(std::size_t(1) << 20, '\0');
    const auto count = ::recv(chardevs_.at(path_of_chardev(id)).get(), text.data(),
                              text.size(), MSG_DONTWAIT);
    text.resize(count < 0 ? 0 : std::size_t(count));
    return text;
}

void FakeMachine::give_chardev(const std::string& id, const std::string& owner) {
    const std::lock_guard lock(mutex_);
    const auto path = path_of_chardev(id);
    set_locked(path, names::chardev, "Owner", g_variant_new_string(owner.c_str()));
    chardevs_[path].reset();
}

} // namespace qio::test
