// What the programs have in common that serve pages to browsers.
#include "ui/tools/browsers.hpp"

#include <unistd.h>

namespace qio::tools {

namespace {

constexpr const char* usual_novnc_folder = "/usr/share/novnc";

bool has_novnc(const std::string& folder) {
    return access((folder + "/core/rfb.js").c_str(), R_OK) == 0;
}

} // namespace

Result<std::optional<std::string>> find_novnc(const std::optional<std::string>& named) {
    if (named && !has_novnc(*named))
        return Error{ErrorKind::not_found, 0,
                     "--novnc " + *named +
                         ": core/rfb.js is not there; give the folder of the noVNC "
                         "package (npm install @novnc/novnc)"};
    if (named || !has_novnc(usual_novnc_folder))
        return named;
    return usual_novnc_folder;
}

std::string in_url(const std::string& host) {
    return host.contains(':') ? "[" + host + "]" : host;
}

std::vector<std::string> names_of_loopback(const std::string& host) {
    const bool is_loopback = host == "localhost" || host == "::1" ||
                             host.starts_with("127.") || host.starts_with("::ffff:127.");
    if (!is_loopback)
        return {};
    return {"localhost", "127.0.0.1", "[::1]", in_url(host)};
}

} // namespace qio::tools
