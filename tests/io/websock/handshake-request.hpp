// Handshake requests that differ in one place, and a look at the answers.
#pragma once

#include <string>
#include <string_view>

#include "io/websock/handshake.hpp"
#include "io/websock/http-response.hpp"

namespace qio::ws {

inline constexpr std::string_view accept_line =
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/// A request that can be changed in one place.
struct Request {
    std::string line = "GET / HTTP/1.1";
    std::string host = "Host: server.example:5900\r\n";
    std::string upgrade = "Upgrade: websocket\r\n";
    std::string connection = "Connection: Upgrade\r\n";
    std::string version = "Sec-WebSocket-Version: 13\r\n";
    std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    std::string more = {};

    std::string text() const {
        return line + "\r\n" + host + upgrade + connection + version + key + more +
               "\r\n";
    }
};

inline HandshakeAnswer answer(const std::string& head,
                              const HandshakePolicy& policy = vnc_listener_policy()) {
    return answer_handshake(as_bytes(head), policy, "");
}

inline int status_of(const Request& request,
                     const HandshakePolicy& policy = vnc_listener_policy()) {
    return answer(request.text(), policy).status;
}

/// Whether the head of `response` has exactly that line.
inline bool has_line(const std::string& response, std::string_view line) {
    auto head = response.substr(0, response.find("\r\n\r\n") + 2);
    auto at = head.find("\r\n" + std::string(line) + "\r\n");
    return at != head.npos;
}

inline bool has_field(const std::string& response, std::string_view name) {
    auto head = response.substr(0, response.find("\r\n\r\n") + 2);
    return head.find("\r\n" + std::string(name) + ":") != head.npos;
}

/// Whether a refusal is a whole response: status line, blank line, and a body as long as
/// it says.
inline bool is_whole_refusal(const HandshakeAnswer& answer) {
    auto& text = answer.response;
    auto start = "HTTP/1.1 " + std::to_string(answer.status) + " " +
                 std::string(reason_phrase(answer.status)) + "\r\n";
    auto end = text.find("\r\n\r\n");
    if (answer.accepted || !text.starts_with(start) || end == text.npos)
        return false;
    auto body = text.substr(end + 4);
    return body == answer.problem + "\n" && body.size() > 10 &&
           (has_line(text, "Connection: close") ||
            has_line(text, "Connection: close, Upgrade")) &&
           has_line(text, "Content-Type: text/plain; charset=utf-8") &&
           has_line(text, "Content-Length: " + std::to_string(body.size())) &&
           !has_field(text, "Sec-WebSocket-Accept");
}

} // namespace qio::ws
