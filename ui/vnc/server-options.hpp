// From the text of a display's options to those of a server.
#pragma once

#include "io/base/api.hpp"
#include "ui/vnc/options.hpp"
#include "ui/vnc/server.hpp"

namespace qio::vnc {

/// What a server can be told of the options: sharing, numbers of clients, losses, lock
/// keys, power control. Addresses, passwords, credentials and the display are its owner's
/// to look up.
QIO_API ServerOptions server_options(const DisplayOptions& display);

} // namespace qio::vnc
