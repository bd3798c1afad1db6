// Tells the service manager how the program is doing.
#include "io/tools/notify.hpp"

#include <glib.h>

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

} // namespace

void notify_ready(const std::string& status) {
    notify("READY=1\nSTATUS=" + status);
}

void notify_reloading() {
    // The time tells the manager which reload is meant (CLOCK_MONOTONIC).
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(g_get_monotonic_time()));
}

void notify_stopping(const std::string& status) {
    notify("STOPPING=1\nSTATUS=" + status);
}

void notify_status(const std::string& status) {
    notify("STATUS=" + status);
}

} // namespace qio::service
