// A build without libvterm: character devices are not shown.
#include "ui/tools/qio-vnc/text-console.hpp"

namespace qio::bridge {

bool TextConsole::is_supported() {
    return false;
}

std::unique_ptr<TextConsole> TextConsole::create(dbus::Chardev&) {
    return nullptr;
}

} // namespace qio::bridge
