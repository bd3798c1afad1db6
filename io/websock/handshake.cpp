// The server's side of the opening handshake. Sections are those of RFC 6455.
#include "io/websock/handshake.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "io/base/digest.hpp"
#include "io/websock/deflate-offer.hpp"
#include "io/websock/http-response.hpp"
#include "io/websock/http-text.hpp"

namespace qio::ws {

namespace {

using Refused = std::optional<HttpRefusal>;

constexpr std::string_view version_field = "Sec-WebSocket-Version";
constexpr std::string_view version = "13";
constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t max_response_fields = 2048; // bytes, of the owner's

HttpRefusal bad_request(std::string text) {
    return {400, std::move(text), {}};
}

/// §4.4: a refusal that tells which version is spoken here.
HttpRefusal version_refusal(int status, std::string text) {
    return {
        status, std::move(text), {{std::string(version_field), std::string(version)}}};
}

bool contains_token(const std::vector<std::string_view>& tokens, std::string_view token) {
    return std::ranges::any_of(
        tokens, [&](auto each) { return equals_ignoring_case(each, token); });
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
    return std::ranges::find(list, text) != list.end();
}

bool contains_ignoring_case(const std::vector<std::string>& list, std::string_view text) {
    return std::ranges::any_of(
        list, [&](auto& each) { return equals_ignoring_case(each, text); });
}

/// The host the request is for. RFC 9112 §3.2.2: an absolute-form target overrides Host.
std::optional<Authority> requested_host(const HttpRequest& request) {
    return parse_authority(request.authority.empty() ? *request.field("host")
                                                     : request.authority);
}

/// What follows the head is frames, so the request must not declare a body.
Refused check_body(const HttpRequest& request, const HandshakePolicy&) {
    auto length = request.field("content-length");
    bool is_empty =
        !length || (request.count("content-length") == 1 && !length->empty() &&
                    length->find_first_not_of('0') == length->npos);
    if (!is_empty || request.count("transfer-encoding") != 0)
        return bad_request("The request must not have a body.");
    return std::nullopt;
}

// §4.2.1, items 3 and 4.
Refused check_upgrade(const HttpRequest& request, const HandshakePolicy&) {
    if (!contains_token(request.tokens("upgrade"), "websocket"))
        return version_refusal(426, "This is a WebSocket server.");
    if (!contains_token(request.tokens("connection"), "upgrade"))
        return bad_request("The Connection header does not name Upgrade.");
    return std::nullopt;
}

// §4.2.1, item 6.
Refused check_version(const HttpRequest& request, const HandshakePolicy&) {
    if (request.count("sec-websocket-version") > 1)
        return version_refusal(400, "There is more than one Sec-WebSocket-Version.");
    auto value = request.field("sec-websocket-version");
    if (!value || *value != version)
        return version_refusal(426, "This server speaks WebSocket version 13.");
    return std::nullopt;
}

// §4.2.1, item 5.
Refused check_key(const HttpRequest& request, const HandshakePolicy&) {
    if (request.count("sec-websocket-key") == 1) {
        auto nonce = base64_decode(*request.field("sec-websocket-key"));
        if (nonce && nonce->size() == nonce_bytes)
            return std::nullopt;
    }
    return bad_request("The request needs exactly one Sec-WebSocket-Key of 16 bytes.");
}

Refused check_path(const HttpRequest& request, const HandshakePolicy& policy) {
    if (policy.paths.empty() || contains(policy.paths, request.path))
        return std::nullopt;
    return HttpRefusal{404, "There is no WebSocket at this path.", {}};
}

bool is_same_host(const HttpRequest& request, std::string_view origin) {
    auto page = parse_origin(origin);
    return page && page->host == requested_host(request)->host;
}

// §4.2.2, item 1, and §10.2.
Refused check_origin(const HttpRequest& request, const HandshakePolicy& policy) {
    if (request.count("origin") > 1)
        return bad_request("There is more than one Origin.");
    auto origin = request.field("origin");
    if (!origin || policy.origin_rule == OriginRule::any ||
        contains_ignoring_case(policy.origins, *origin) ||
        (policy.origin_rule == OriginRule::same_host && is_same_host(request, *origin)))
        return std::nullopt;
    return HttpRefusal{403, "Pages from this origin may not connect.", {}};
}

/// The sub-protocol of the policy's that the client offers, or why there is none.
std::expected<std::string, HttpRefusal>
choose_sub_protocol(const HttpRequest& request, const HandshakePolicy& policy) {
    if (policy.sub_protocols.empty())
        return "";
    if (request.count("sec-websocket-protocol") == 0) {
        if (policy.sub_protocol_rule == SubProtocolRule::optional)
            return "";
        return std::unexpected(bad_request("The request offers no sub-protocol."));
    }
    auto offered = request.tokens("sec-websocket-protocol");
    for (auto& name : policy.sub_protocols)
        if (std::ranges::find(offered, name) != offered.end())
            return name;
    return std::unexpected(
        bad_request("None of the offered sub-protocols is spoken here."));
}

using DeflateChoice = std::optional<DeflateAnswer>;

/// What of the offered extensions is used.
std::expected<DeflateChoice, HttpRefusal> choose_deflate(const HttpRequest& request,
                                                         const HandshakePolicy& policy) {
    if (!policy.deflate || request.count("sec-websocket-extensions") == 0)
        return std::nullopt;
    // §11.3.2: several fields are one list.
    std::string list;
    for (auto& field : request.fields)
        if (field.name == "sec-websocket-extensions")
            list.append(list.empty() ? "" : ", ").append(field.value);
    const auto offers = parse_extensions(list);
    if (!offers)
        return std::unexpected(bad_request("The extensions are malformed."));
    return answer_deflate(*offers, *policy.deflate);
}

std::string accept_response(const HttpRequest& request, const std::string& sub_protocol,
                            const DeflateChoice& deflate, const HandshakePolicy& policy,
                            const ResponseCommon& common) {
    std::vector<HttpField> fields{
        {"Sec-WebSocket-Accept", accept_value(*request.field("sec-websocket-key"))}};
    if (!sub_protocol.empty())
        fields.push_back({"Sec-WebSocket-Protocol", sub_protocol});
    if (deflate)
        fields.push_back(
            {"Sec-WebSocket-Extensions", to_string({&deflate->response, 1})});
    fields.insert(fields.end(), policy.response_fields.begin(),
                  policy.response_fields.end());
    return switching_protocols(common, fields);
}

HandshakeAnswer refuse(const HttpRefusal& refusal, const ResponseCommon& common,
                       ResponseBody body) {
    HandshakeAnswer answer;
    answer.status = refusal.status;
    answer.response = refusal_response(refusal, common, body);
    answer.problem = refusal.reason_text;
    return answer;
}

/// The request, if everything but the sub-protocol is acceptable.
std::expected<HttpRequest, HttpRefusal> check_request(ByteView head,
                                                      const HandshakePolicy& policy) {
    constexpr decltype(&check_body) checks[] = {
        check_body, refuse_host, check_upgrade, check_version,
        check_key,  check_path,  check_origin,
    };
    auto request = parse_request_head(head, policy.limits);
    if (!request)
        return request;
    for (auto check : checks)
        if (auto refused = check(*request, policy))
            return std::unexpected(*std::move(refused));
    return request;
}

} // namespace

HandshakePolicy vnc_listener_policy() {
    HandshakePolicy policy;
    policy.sub_protocols = {"binary"};
    return policy;
}

HandshakeAnswer answer_handshake(ByteView head, const HandshakePolicy& policy,
                                 std::string_view http_date) {
    ResponseCommon common{policy.server_name, http_date};
    // RFC 9110 §9.3.2: no response to HEAD has a body.
    auto body =
        as_text(head).starts_with("HEAD ") ? ResponseBody::none : ResponseBody::reason;
    auto request = check_request(head, policy);
    if (!request)
        return refuse(request.error(), common, body);
    auto sub_protocol = choose_sub_protocol(*request, policy);
    if (!sub_protocol)
        return refuse(sub_protocol.error(), common, body);
    const auto deflate = choose_deflate(*request, policy);
    if (!deflate)
        return refuse(deflate.error(), common, body);
    if (auto refused = policy.authorize ? policy.authorize(*request) : std::nullopt)
        return refuse(*refused, common, body);

    HandshakeAnswer answer;
    answer.accepted = true;
    answer.status = 101;
    answer.response = accept_response(*request, *sub_protocol, *deflate, policy, common);
    if (*deflate)
        answer.deflate = (*deflate)->agreement;
    answer.sub_protocol = *std::move(sub_protocol);
    answer.request = *std::move(request);
    return answer;
}

Result<void> check(const HandshakePolicy& policy) {
    if (policy.deflate)
        QIO_TRY(check(*policy.deflate));
    std::size_t bytes = 0;
    for (auto& field : policy.response_fields) {
        bytes += field.name.size() + field.value.size() + 4;
        if (!is_extra_field(field) || bytes > max_response_fields)
            return Error{ErrorKind::invalid_argument, 0,
                         "a response field is malformed, one of the handshake's own, or "
                         "too long"};
    }
    return {};
}

// RFC 9112 §3.2: exactly one Host, also when the target overrides it.
std::optional<HttpRefusal> refuse_host(const HttpRequest& request,
                                       const HandshakePolicy& policy) {
    if (request.count("host") != 1 || !parse_authority(*request.field("host")))
        return bad_request("The request needs exactly one valid Host.");
    if (policy.hosts.empty() ||
        contains_ignoring_case(policy.hosts, requested_host(request)->host))
        return std::nullopt;
    return HttpRefusal{421, "This server does not answer to that host name.", {}};
}

HandshakeAnswer refuse_handshake(const HttpRefusal& refusal,
                                 const HandshakePolicy& policy,
                                 std::string_view http_date) {
    return refuse(refusal, {policy.server_name, http_date}, ResponseBody::reason);
}

std::string accept_value(std::string_view key) {
    return base64_encode(
        sha1(as_bytes(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}

} // namespace qio::ws
