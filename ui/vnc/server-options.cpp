// From the text of a display's options to those of a server.
#include "ui/vnc/server-options.hpp"

namespace qio::vnc {

ServerOptions server_options(const DisplayOptions& display) {
    ServerOptions options;
    options.share = display.share;
    // The text has one number for both, and 0 is one that people give.
    options.max_clients = display.connections;
    options.max_connecting = display.connections == 0 ? 1 : display.connections;
    options.lossy = display.lossy;
    options.adaptive = !display.non_adaptive;
    options.keyboard.lock_key_sync = display.lock_key_sync;
    options.keyboard.key_delay = display.key_delay;
    options.power_control = display.power_control;
    return options;
}

} // namespace qio::vnc
