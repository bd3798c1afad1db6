// internal: the character devices of a machine.
#include "ui/dbus/chardevs.hpp"

#include <algorithm>

#include "ui/dbus/names.hpp"

namespace qio::dbus {

Chardev* Chardevs::find(std::string_view path) const {
    const auto found = std::ranges::find(
        chardevs_, path, [](const auto& one) { return one->info().path; });
    return found == chardevs_.end() ? nullptr : found->get();
}

Chardev* Chardevs::add(std::string_view path, GVariant* interfaces, Remote& remote) {
    if (!find_interface(interfaces, names::chardev))
        return nullptr;
    auto* chardev = find(path);
    const bool is_new = chardev == nullptr;
    if (is_new) {
        const auto id = chardev_id(path);
        if (!id || chardevs_.size() >= max_chardevs)
            return nullptr;
        chardev =
            chardevs_.emplace_back(std::make_unique<Chardev>(path, *id, retry_after_))
                .get();
    }
    for (const auto* interface : {names::chardev, names::chardev_encoding})
        if (const auto properties = find_interface(interfaces, interface))
            chardev->set_properties(interface, properties.get());
    if (!chardev->is_attached())
        chardev->attach(remote);
    return is_new ? chardev : nullptr;
}

void Chardevs::set_properties(std::string_view path, std::string_view interface,
                              GVariant* properties) {
    if (auto* chardev = find(path))
        chardev->set_properties(interface, properties);
}

void Chardevs::remove(std::string_view path) {
    if (auto* chardev = find(path); chardev && chardev->is_attached())
        chardev->detach();
}

void Chardevs::detach() {
    for (const auto& chardev : chardevs_)
        if (chardev->is_attached())
            chardev->detach();
}

std::vector<Chardev*> Chardevs::all() const {
    std::vector<Chardev*> all;
    for (const auto& chardev : chardevs_)
        all.push_back(chardev.get());
    return all;
}

} // namespace qio::dbus
