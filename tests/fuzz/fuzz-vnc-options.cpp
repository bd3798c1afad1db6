// Fuzzes the text of a display's options: what is taken can be used, a refusal is a line.
#include <cstdint>
#include <string_view>

#include "tests/fuzz/require.hpp"
#include "ui/vnc/options.hpp"

using namespace qio;
using fuzz::require;

namespace {

void check(const SocketAddress& address) {
    if (const auto* inet = std::get_if<InetAddress>(&address)) {
        require(family_of(*inet).has_value(), "one family is left at least");
        const auto port = std::stoul(inet->port);
        require(port <= 65535, "a port is one");
        require(!inet->to || *inet->to >= port, "a range is not empty");
        return;
    }
    const auto* name = std::get_if<UnixAddress>(&address);
    require(name != nullptr && to_sockaddr(*name).has_value(), "a path can be used");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto options = vnc::parse_options(text);
    if (!options) {
        require(options.error().kind == ErrorKind::invalid_argument, "a refusal is one");
        require(!options.error().message.contains('\n'), "a refusal is one line");
        require(options.error().message.contains("; "), "a refusal names the way out");
        return 0;
    }
    for (const auto& address : options->addresses)
        check(address);
    for (const auto& address : options->websocket_addresses)
        check(address);
    require(!options->reverse || options->addresses.size() <= 1, "reverse is one way");
    vnc::DisplayOptions displays[] = {*options, {}};
    require(vnc::assign_display_ids(displays).has_value(), "ids can be found");
    require(displays[0].id != displays[1].id, "ids differ");
    return 0;
}
