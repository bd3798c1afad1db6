// Finding and parsing the head of an HTTP/1.1 request or response. Sections are those of
// RFC 9112.
#include "io/websock/http-head.hpp"

#include <algorithm>
#include <utility>

#include "io/websock/http-text.hpp"

namespace qio::ws {

namespace {

using Refused = std::optional<HttpRefusal>;

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

HttpRefusal bad_request(std::string text) {
    return {400, std::move(text), {}};
}

/// Takes the next line off `text`, which ends with a line end.
std::string_view take_line(std::string_view& text) {
    auto line = text.substr(0, text.find(line_end));
    text.remove_prefix(line.size() + line_end.size());
    return line;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The numbers of an HTTP version; empty if `text` is none.
struct Version {
    int major;
    int minor;
};

// §2.3: "HTTP/" DIGIT "." DIGIT, case-sensitive.
std::optional<Version> read_version(std::string_view text) {
    if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) ||
        text[6] != '.' || !is_digit(text[7]))
        return std::nullopt;
    return Version{text[5] - '0', text[7] - '0'};
}

Refused parse_version(std::string_view text, HttpRequest& request) {
    const auto version = read_version(text);
    if (!version)
        return bad_request("The request line does not end with an HTTP version.");
    request.version_major = version->major;
    request.version_minor = version->minor;
    if (request.version_major != 1)
        return HttpRefusal{505, "This server speaks HTTP/1.1.", {}};
    if (request.version_minor == 0)
        return bad_request("A WebSocket request needs HTTP/1.1 or higher.");
    return std::nullopt;
}

bool is_target_char(char c) {
    return c > 0x20 && c < 0x7F && c != '#';
}

/// Takes `scheme://authority` off an absolute-form target (§3.2.2).
bool take_origin(std::string_view& target, HttpRequest& request) {
    auto colon = target.find("://");
    if (colon == target.npos)
        return false;
    auto scheme = lower_case(target.substr(0, colon));
    if (scheme != "http" && scheme != "https" && scheme != "ws" && scheme != "wss")
        return false;
    target.remove_prefix(colon + 3);
    auto length = std::min(target.find_first_of("/?"), target.size());
    request.authority = target.substr(0, length);
    target.remove_prefix(length);
    return parse_authority(request.authority).has_value();
}

// §3.2: of the four forms, the two that a GET may have.
Refused parse_target(std::string_view target, HttpRequest& request) {
    request.target = target;
    bool is_sound = !target.empty() && std::ranges::all_of(target, is_target_char);
    if (!is_sound || (target.front() != '/' && !take_origin(target, request)))
        return bad_request("The request target is not a path or a URL.");
    auto question = std::min(target.find('?'), target.size());
    request.path = question == 0 ? "/" : target.substr(0, question);
    request.query = target.substr(std::min(question + 1, target.size()));
    return std::nullopt;
}

// §3: method SP target SP version, with exactly one space each.
Refused parse_request_line(std::string_view line, HttpRequest& request) {
    auto first = line.find(' ');
    auto last = line.rfind(' ');
    if (first == last || !is_token(line.substr(0, first)))
        return bad_request("The request line is not a method, a target and a version.");
    request.method = line.substr(0, first);
    if (auto refused = parse_version(line.substr(last + 1), request))
        return refused;
    if (request.method != "GET")
        return HttpRefusal{405, "Only GET can open a WebSocket.", {{"Allow", "GET"}}};
    return parse_target(line.substr(first + 1, last - first - 1), request);
}

// §5: name ":" OWS value OWS. A folded line (§5.2) starts with a blank, so it has no
// name.
Refused parse_field(std::string_view line, HttpFields& head) {
    auto colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)))
        return bad_request("A header line is not a name, a colon and a value.");
    auto value = line.substr(colon + 1);
    if (!is_field_value(value))
        return bad_request("A header value holds a control character.");
    head.fields.push_back(
        {lower_case(line.substr(0, colon)), std::string(trim_blanks(value))});
    return std::nullopt;
}

Refused parse_fields(std::string_view text, const HttpLimits& limits, HttpFields& head) {
    while (!text.empty()) {
        if (head.fields.size() == limits.max_fields)
            return HttpRefusal{431, "Too many header lines.", {}};
        if (auto refused = parse_field(take_line(text), head))
            return refused;
    }
    return std::nullopt;
}

// §4: version SP 3DIGIT SP [ reason ].
bool parse_status_line(std::string_view line, HttpResponse& response) {
    const auto version = read_version(line.substr(0, 8));
    if (!version || line.size() < 12 || line[8] != ' ' ||
        !std::ranges::all_of(line.substr(9, 3), is_digit) || line[9] == '0' ||
        (line.size() > 12 && line[12] != ' ') || !is_field_value(line.substr(12)))
        return false;
    response.version_major = version->major;
    response.version_minor = version->minor;
    for (const char digit : line.substr(9, 3))
        response.status = response.status * 10 + (digit - '0');
    response.reason = trim_blanks(line.substr(12));
    return version->major == 1;
}

} // namespace

std::optional<std::size_t> HeadScanner::scan(ByteView received) {
    if (length_)
        return length_;
    // The end may have begun in the last three bytes seen before.
    auto from = std::max<std::size_t>(scanned_, 3) - 3;
    auto at = as_text(received).find(head_end, from);
    scanned_ = received.size();
    if (at != std::string_view::npos)
        length_ = at + head_end.size();
    return length_;
}

bool is_extra_field(const HttpField& field) {
    constexpr std::string_view own[] = {"host",    "upgrade",        "connection",
                                        "origin",  "content-length", "transfer-encoding",
                                        "trailer", "expect"};
    const auto name = lower_case(field.name);
    return is_token(name) && is_field_value(field.value) &&
           std::ranges::find(own, name) == std::end(own) &&
           !name.starts_with("sec-websocket-");
}

const std::string* HttpFields::field(std::string_view name) const {
    auto at = std::ranges::find(fields, name, &HttpField::name);
    return at == fields.end() ? nullptr : &at->value;
}

std::size_t HttpFields::count(std::string_view name) const {
    return std::size_t(std::ranges::count(fields, name, &HttpField::name));
}

std::vector<std::string_view> HttpFields::tokens(std::string_view name) const {
    std::vector<std::string_view> all;
    for (auto& field : fields) {
        if (field.name != name)
            continue;
        auto some = token_list(field.value);
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

std::expected<HttpRequest, HttpRefusal> parse_request_head(ByteView head,
                                                           const HttpLimits& limits) {
    if (head.size() > limits.max_head_bytes)
        return std::unexpected(head_too_large());
    auto text = as_text(head);
    if (!text.ends_with(head_end))
        return std::unexpected(bad_request("The request is not complete."));
    text.remove_suffix(line_end.size());

    HttpRequest request;
    if (auto refused = parse_request_line(take_line(text), request))
        return std::unexpected(*std::move(refused));
    if (auto refused = parse_fields(text, limits, request))
        return std::unexpected(*std::move(refused));
    return request;
}

Result<HttpResponse> parse_response_head(ByteView head, const HttpLimits& limits) {
    if (head.size() > limits.max_head_bytes)
        return Error{ErrorKind::limit, 0, "the head of the response is too large"};
    auto text = as_text(head);
    if (!text.ends_with(head_end))
        return Error{ErrorKind::protocol, 0, "the response is not complete"};
    text.remove_suffix(line_end.size());

    HttpResponse response;
    if (!parse_status_line(take_line(text), response))
        return Error{ErrorKind::protocol, 0, "the response is not HTTP/1.1"};
    if (auto refused = parse_fields(text, limits, response))
        return Error{refused->status == 431 ? ErrorKind::limit : ErrorKind::protocol, 0,
                     std::move(refused->reason_text)};
    return response;
}

HttpRefusal head_too_large() {
    return {431, "The head of the request is too large.", {}};
}

} // namespace qio::ws
