// Fuzzes the text form of socket addresses: what is read is written and read back alike.
#include <cstdint>
#include <string_view>

#include "io/socket/address.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using fuzz::require;

namespace {

void check_inet(const InetAddress& address) {
    require(!address.port.empty(), "a port is never empty");
    require(!address.host.contains('\0'), "no part of a host is lost to the system");
    require(family_of(address).has_value(), "one family is left at least");
}

template <class Address>
void check_kernel_form(const Address& address, const SockAddr& made) {
    const auto back = from_sockaddr(made.storage, made.length);
    require(back.has_value(), "the kernel's form is understood");
    require(std::holds_alternative<Address>(*back), "the kernel's form keeps the kind");
    const auto again = *std::get_if<Address>(&*back);
    // A name that ends in NULs cannot be told from one that was filled up with them.
    if constexpr (std::is_same_v<Address, UnixAddress>)
        require(again.is_abstract == address.is_abstract &&
                    address.path.starts_with(again.path),
                "a name survives the kernel's form");
    else
        require(again == address, "an address survives the kernel's form");
}

void check(const SocketAddress& address) {
    if (const auto* inet = std::get_if<InetAddress>(&address))
        return check_inet(*inet);
    if (const auto* vsock = std::get_if<VsockAddress>(&address))
        return check_kernel_form(*vsock, to_sockaddr(*vsock));
    if (const auto* name = std::get_if<UnixAddress>(&address)) {
        const auto made = to_sockaddr(*name);
        require(made.has_value(), "a name that is read can be used");
        return check_kernel_form(*name, *made);
    }
    require(std::get<FdAddress>(address).fd >= 0, "a descriptor is not negative");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = parse_socket_address(text);
    if (!parsed) {
        require(parsed.error().kind == ErrorKind::invalid_argument, "a refusal is one");
        require(parsed.error().message.contains(text), "a refusal names the text");
        return 0;
    }
    check(*parsed);
    const std::string canonical = to_string(*parsed);
    const auto again = parse_socket_address(canonical);
    require(again.has_value(), "what is written can be read");
    require(*again == *parsed, "what is written is read back alike");
    require(to_string(*again) == canonical, "the written form is final");
    return 0;
}
