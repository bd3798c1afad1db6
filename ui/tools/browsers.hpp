// internal: what the programs have in common that serve pages to browsers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace qio::tools {

/// The folder of noVNC that `--novnc` names, else the usual one of the system; empty when
/// neither is there. Errors: not_found if the named one is no noVNC.
Result<std::optional<std::string>> find_novnc(const std::optional<std::string>& named);

/// A host as it stands in a URL: numbers of IPv6 in brackets.
std::string in_url(const std::string& host);

/// The names that browsers may have for a listener on this host, if it is one of this
/// machine alone: a page that some name server sends there has no business. Empty: it is
/// not, so any name may be right.
std::vector<std::string> names_of_loopback(const std::string& host);

} // namespace qio::tools
