// Fuzzes the addresses of qio-relay: any text is refused in one line, or comes back from
// its canonical form.
#include <algorithm>
#include <string>

#include "io/tools/relay-address.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::relay;
using fuzz::require;

namespace {

bool is_printable(char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != 0x7F;
}

void check_error(const Error& error) {
    require(error.kind == ErrorKind::invalid_argument, "the text is to blame");
    require(error.message.starts_with("address '"), "the message has the address");
    require(error.message.contains("', position "), "the message has the place");
    require(std::ranges::all_of(error.message, is_printable), "the message is a line");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto address = parse_relay_address(text);
    if (!address) {
        check_error(address.error());
        return 0;
    }
    require(address->layers.size() <= max_layers, "no more layers than allowed");
    const auto canonical = to_string(*address);
    // Escapes and quotes can make it longer than what is read.
    if (canonical.size() > max_address_bytes)
        return 0;
    const auto again = parse_relay_address(canonical);
    require(again && *again == *address, "an address survives its writing");
    require(to_string(*again) == canonical, "the canonical form is its own");
    if (const auto listens = can_listen(*address); !listens)
        require(std::ranges::all_of(listens.error().message, is_printable),
                "the reason is a line");
    return 0;
}
