// Writing the head of an HTTP/1.1 response. Sections are those of RFC 9110.
#include "io/websock/http-response.hpp"

namespace qio::ws {

namespace {

void add_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

std::string start(int status, const ResponseCommon& common) {
    auto out = "HTTP/1.1 " + std::to_string(status) + " ";
    out.append(reason_phrase(status)).append("\r\n");
    if (!common.server_name.empty())
        add_field(out, "Server", common.server_name);
    if (!common.http_date.empty())
        add_field(out, "Date", common.http_date);
    return out;
}

} // namespace

std::string switching_protocols(const ResponseCommon& common,
                                std::span<const HttpField> fields) {
    auto out = start(101, common);
    add_field(out, "Upgrade", "websocket");
    add_field(out, "Connection", "Upgrade");
    for (auto& field : fields)
        add_field(out, field.name, field.value);
    return out.append("\r\n");
}

std::string refusal_response(const HttpRefusal& refusal, const ResponseCommon& common,
                             ResponseBody body) {
    bool is_upgrade_required = refusal.status == 426;
    auto text = refusal.reason_text + "\n";
    auto out = start(refusal.status, common);
    for (auto& field : refusal.fields)
        add_field(out, field.name, field.value);
    if (is_upgrade_required)
        add_field(out, "Upgrade", "websocket");
    // §7.8: whoever sends Upgrade names it in Connection as well.
    add_field(out, "Connection", is_upgrade_required ? "close, Upgrade" : "close");
    add_field(out, "Content-Type", "text/plain; charset=utf-8");
    add_field(out, "Content-Length", std::to_string(text.size()));
    out.append("\r\n");
    return body == ResponseBody::reason ? out + text : out;
}

std::string_view reason_phrase(int status) {
    switch (status) {
    case 101:
        return "Switching Protocols";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 421:
        return "Misdirected Request";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Error";
    }
}

} // namespace qio::ws
