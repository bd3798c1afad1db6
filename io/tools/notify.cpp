// Tells the service manager how the program is doing.
#include "io/tools/notify.hpp"

#include <glib.h>

#include <algorithm>

#ifdef QIO_HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace qio::service {

namespace {

void notify(const std::string& state) {
#ifdef QIO_HAVE_SYSTEMD
    (void)sd_notify(0, state.c_str());
#else
    (void)state;
#endif
}

/// One line: what came behind another would be a command to the manager.
std::string status_line(std::string status) {
    std::ranges::replace(status, '\n', ' ');
    return "STATUS=" + status;
}

} // namespace

void notify_ready(const std::string& status) {
    notify("READY=1\n" + status_line(status));
}

void notify_reloading() {
    // The time tells the manager which reload is meant (CLOCK_MONOTONIC).
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(g_get_monotonic_time()));
}

void notify_stopping(const std::string& status) {
    notify("STOPPING=1\n" + status_line(status));
}

void notify_status(const std::string& status) {
    notify(status_line(status));
}

} // namespace qio::service
