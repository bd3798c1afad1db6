// internal: tells the service manager how the program is doing.
#pragma once

#include <string>

namespace qio::service {

/// Without a manager that asked for it, and without libsystemd, these do nothing.
/// Source: sd_notify(3).
void notify_ready(const std::string& status);
void notify_reloading();
void notify_stopping(const std::string& status);
void notify_status(const std::string& status);

} // namespace qio::service
