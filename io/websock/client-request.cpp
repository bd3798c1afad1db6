// The client's side of the opening handshake. Sections are those of RFC 6455.
#include "io/websock/client-request.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "io/base/digest.hpp"
#include "io/base/random.hpp"
#include "io/websock/handshake.hpp"
#include "io/websock/http-text.hpp"

namespace qio::ws {

namespace {

using Broken = std::optional<Error>;

constexpr std::size_t nonce_bytes = 16;

Error unusable(const std::string& what) {
    return {ErrorKind::invalid_argument, 0,
            "the WebSocket request cannot be sent: " + what};
}

Error wrong(std::string what) {
    return {ErrorKind::protocol, 0, std::move(what)};
}

bool is_path_char(char c) {
    return c > 0x20 && c < 0x7F && c != '#';
}

Broken check_options(const ClientHandshakeOptions& options) {
    if (!parse_authority(options.host))
        return unusable("the host is not a name and perhaps a port");
    if (!options.path.starts_with('/') ||
        !std::ranges::all_of(options.path, is_path_char))
        return unusable("the path is not percent-encoded, or does not start with '/'");
    if (!is_field_value(options.origin))
        return unusable("the origin holds a control character");
    for (auto name = options.sub_protocols.begin(); name != options.sub_protocols.end();
         ++name)
        if (!is_token(*name) ||
            std::find(options.sub_protocols.begin(), name, *name) != name)
            return unusable("a sub-protocol is no token, or there twice");
    if (!std::ranges::all_of(options.fields, is_extra_field))
        return unusable("an extra field is malformed, or one of the handshake's own");
    return std::nullopt;
}

void add_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

std::string join(const std::vector<std::string>& names) {
    std::string list;
    for (auto& name : names)
        list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

ErrorKind kind_of(int status) {
    if (status == 401 || status == 403 || status == 407)
        return ErrorKind::permission_denied;
    return status == 404 ? ErrorKind::not_found : ErrorKind::protocol;
}

/// Why there is no WebSocket, in the server's words as far as they can be shown.
Error turned_down(const HttpResponse& response) {
    auto text = "the server answered " + std::to_string(response.status);
    if (!response.reason.empty())
        text += " (" + printable(response.reason) + ")";
    const auto* location = response.field("location");
    if (response.status / 100 == 3 && location != nullptr)
        text += ", a redirection to " + printable(*location) + ", which is not followed";
    return {kind_of(response.status), 0, std::move(text)};
}

// §4.1, items 2 and 3 of the response.
Broken check_upgrade(const HttpResponse& response) {
    if (response.version_minor == 0)
        return wrong("the server answered in HTTP/1.0, which has no Upgrade");
    if (response.count("upgrade") != 1 ||
        !equals_ignoring_case(*response.field("upgrade"), "websocket"))
        return wrong("the response does not upgrade to websocket");
    for (const auto token : response.tokens("connection"))
        if (equals_ignoring_case(token, "upgrade"))
            return std::nullopt;
    return wrong("the Connection field of the response does not name Upgrade");
}

// §4.1, item 4.
Broken check_accept(const HttpResponse& response, std::string_view key) {
    if (response.count("sec-websocket-accept") != 1)
        return wrong("the response needs exactly one Sec-WebSocket-Accept");
    if (*response.field("sec-websocket-accept") != accept_value(key))
        return wrong("Sec-WebSocket-Accept is not the answer to our key");
    return std::nullopt;
}

// §4.1, item 5: none is offered.
Broken check_extensions(const HttpResponse& response) {
    if (response.tokens("sec-websocket-extensions").empty())
        return std::nullopt;
    return wrong("the server chose an extension that was not offered");
}

// §4.1, item 6.
Result<std::string> chosen_sub_protocol(const HttpResponse& response,
                                        const ClientHandshakeOptions& options) {
    const auto count = response.count("sec-websocket-protocol");
    if (count == 0)
        return std::string();
    const auto& name = *response.field("sec-websocket-protocol");
    if (count > 1 ||
        std::ranges::find(options.sub_protocols, name) == options.sub_protocols.end())
        return wrong("the server chose a sub-protocol that was not offered");
    return name;
}

} // namespace

std::string make_key() {
    std::array<std::byte, nonce_bytes> nonce;
    fill_random(nonce);
    return base64_encode(nonce);
}

Result<std::string> make_client_request(const ClientHandshakeOptions& options,
                                        std::string_view key) {
    if (auto broken = check_options(options))
        return *std::move(broken);
    std::string request = "GET " + options.path + " HTTP/1.1\r\n";
    add_field(request, "Host", options.host);
    add_field(request, "Upgrade", "websocket");
    add_field(request, "Connection", "Upgrade");
    add_field(request, "Sec-WebSocket-Key", key);
    add_field(request, "Sec-WebSocket-Version", "13");
    if (!options.origin.empty())
        add_field(request, "Origin", options.origin);
    if (!options.sub_protocols.empty())
        add_field(request, "Sec-WebSocket-Protocol", join(options.sub_protocols));
    for (auto& field : options.fields)
        add_field(request, field.name, field.value);
    return request + "\r\n";
}

Result<ClientAgreement> check_response(ByteView head,
                                       const ClientHandshakeOptions& options,
                                       std::string_view key) {
    ClientAgreement agreement;
    agreement.response = QIO_TRY(parse_response_head(head, options.limits));
    const auto& response = agreement.response;
    if (response.status != 101)
        return turned_down(response);
    if (auto broken = check_upgrade(response))
        return *std::move(broken);
    if (auto broken = check_accept(response, key))
        return *std::move(broken);
    if (auto broken = check_extensions(response))
        return *std::move(broken);
    agreement.sub_protocol = QIO_TRY(chosen_sub_protocol(response, options));
    return agreement;
}

} // namespace qio::ws
