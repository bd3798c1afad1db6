// What servers tell about themselves, as text for people's tools.
#pragma once

#include <span>
#include <string>

#include "ui/vnc/server-info.hpp"

namespace qio::vnc {

/// One display among those that a program shows.
struct DisplayStatus {
    std::string id;
    ServerInfo info;
};

/// JSON: {"displays":[{"id", "enabled", "connections", "server":[…], "clients":[…]}]}.
/// Members of addresses and clients are named as queries of emulators name them: host,
/// service, family, websocket, x509_dname.
QIO_API std::string status_json(std::span<const DisplayStatus> displays);

/// The text format of Prometheus, version 0.0.4.
QIO_API std::string metrics_text(std::span<const DisplayStatus> displays);

} // namespace qio::vnc
