// Keyboard layouts, in builds without a library for them.
#include "ui/keymap.hpp"

namespace qio::ui {

Result<std::shared_ptr<const Keymap>> Keymap::create(std::string_view) {
    return Error{ErrorKind::not_supported, 0, "built without keyboard layouts"};
}

} // namespace qio::ui
