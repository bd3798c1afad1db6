// internal: where qio-vnc listens, and what is served there.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/socket/inherited-sockets.hpp"
#include "ui/tools/qio-vnc/access.hpp"
#include "ui/tools/qio-vnc/options.hpp"
#include "ui/vnc/http-service.hpp"
#include "ui/vnc/listen-options.hpp"
#include "ui/vnc/router.hpp"

namespace qio::bridge {

/// One place to listen, and the option it comes from.
struct Place {
    std::string option; ///< "--vnc-addr localhost:0"
    vnc::Listening listening;
};

/// Whether pages are served at one of the places.
bool serves_pages(const Options& options, std::span<const InheritedSocket> inherited);

/// Whether what the options say about browsers has a place to be at.
/// Errors: invalid_argument; one line that names the option and the way out.
Result<void> check_web(const Options& options,
                       std::span<const InheritedSocket> inherited);

/// The addresses of the options, and the sockets of the service manager: those that it
/// calls "vnc" and "websocket" for just that, others for everything. With such sockets
/// the default of -l is none.
///
/// `http` may be null.
std::vector<Place> places_of(const Options& options, const Access& access,
                             std::vector<InheritedSocket> inherited,
                             const std::shared_ptr<vnc::HttpService>& http);

/// Errors: those of listening; each names its option, and the way out.
Result<void> listen_at(vnc::Router& router, const Place& place);

/// For people: "VNC on 127.0.0.1:5900", "http://localhost:6080/".
std::string description_of(const vnc::ListenerInfo& listener);

} // namespace qio::bridge
