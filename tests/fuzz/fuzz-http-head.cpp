// Fuzzes the opening handshake: any head, cut anywhere, against a plain reference check.
//
// The first byte of the input chooses the policy, the other bytes are what the peer
// sends.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <vector>

#include "io/base/digest.hpp"
#include "io/websock/handshake.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::ws;
using fuzz::require;

namespace {

HandshakePolicy policy_of(unsigned bits) {
    auto policy = bits & 1 ? HandshakePolicy{} : vnc_listener_policy();
    if (bits & 2)
        policy.paths = {"/", "/websockify"};
    if (bits & 4)
        policy.hosts = {"localhost", "[::1]"};
    policy.origin_rule = OriginRule((bits >> 3) % 3);
    policy.origins = {"https://page.example"};
    if (bits & 32)
        policy.sub_protocol_rule = SubProtocolRule::required;
    return policy;
}

std::string lowered(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z')
            c = char(c + 32);
    return text;
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.pop_back();
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.erase(0, 1);
    return text;
}

/// What a request must have for a 101, written down a second time and in no hurry.
class Reference {
public:
    Reference(std::string head, const HandshakePolicy& policy)
        : head_(std::move(head)), policy_(policy) {}

    bool accepts() {
        return head_.size() <= 4096 && split() && request_line() && host() && upgrade() &&
               key() && no_body() && path() && origin() && sub_protocol();
    }

private:
    using Field = std::pair<std::string, std::string>;

    static bool token(const std::string& text) {
        for (unsigned char c : text)
            if (c < 33 || c > 126 || std::string("\"(),/:;<=>?@[\\]{}").contains(char(c)))
                return false;
        return !text.empty();
    }

    bool split() {
        if (!head_.ends_with("\r\n\r\n"))
            return false;
        std::vector<std::string> lines(1);
        for (std::size_t i = 0; i < head_.size() - 2; ++i) {
            unsigned char c = static_cast<unsigned char>(head_[i]);
            if (c == '\r' && head_[i + 1] == '\n') {
                lines.emplace_back();
                ++i;
            } else if ((c < 32 && c != '\t') || c == 127) {
                return false;
            } else {
                lines.back() += char(c);
            }
        }
        lines.pop_back();
        line_ = lines.empty() ? "" : lines[0];
        for (std::size_t i = 1; i < lines.size(); ++i) {
            auto colon = lines[i].find(':');
            if (colon == std::string::npos || !token(lines[i].substr(0, colon)))
                return false;
            fields_.emplace_back(lowered(lines[i].substr(0, colon)),
                                 trimmed(lines[i].substr(colon + 1)));
        }
        return fields_.size() <= 32;
    }

    bool request_line() {
        if (!line_.starts_with("GET ") || line_.size() < 14)
            return false;
        auto version = line_.substr(line_.size() - 9);
        if (!version.starts_with(" HTTP/1.") || version[8] < '1' || version[8] > '9')
            return false;
        target_ = line_.substr(4, line_.size() - 13);
        for (char c : target_)
            if (c <= 32 || c == 127 || c == '#')
                return false;
        for (auto scheme : {"http://", "https://", "ws://", "wss://"})
            if (lowered(target_).starts_with(scheme)) {
                auto rest = target_.substr(std::string(scheme).size());
                auto end = std::min(rest.find_first_of("/?"), rest.size());
                host_ = rest.substr(0, end);
                target_ = rest.substr(end);
                if (!target_.starts_with('/'))
                    target_ = "/" + target_;
                return valid_host(host_);
            }
        return target_.starts_with('/');
    }

    std::vector<std::string> all(const std::string& name) const {
        std::vector<std::string> values;
        for (auto& field : fields_)
            if (field.first == name)
                values.push_back(field.second);
        return values;
    }

    std::vector<std::string> list(const std::string& name) const {
        std::vector<std::string> items;
        for (auto& value : all(name)) {
            std::string item;
            for (char c : value + ",") {
                if (c != ',') {
                    item += c;
                    continue;
                }
                if (!trimmed(item).empty())
                    items.push_back(trimmed(item));
                item.clear();
            }
        }
        return items;
    }

    static bool has(const std::vector<std::string>& items, const std::string& item) {
        return std::find(items.begin(), items.end(), item) != items.end();
    }

    static bool has_any_case(std::vector<std::string> items, const std::string& item) {
        for (auto& each : items)
            each = lowered(each);
        return has(items, lowered(item));
    }

    static std::string without_port(const std::string& host) {
        auto colon = host.rfind(':');
        auto bracket = host.rfind(']');
        bool is_port = colon != std::string::npos &&
                       (bracket == std::string::npos || colon > bracket);
        return lowered(is_port ? host.substr(0, colon) : host);
    }

    static bool valid_host(const std::string& host) {
        auto name = without_port(host);
        for (std::size_t i = name.size() + 1; i < host.size(); ++i)
            if (!std::isdigit(static_cast<unsigned char>(host[i])))
                return false;
        bool is_address = name.size() > 2 && name.front() == '[' && name.back() == ']';
        if (is_address)
            name = name.substr(1, name.size() - 2);
        for (char c : name) {
            bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!is_plain &&
                !std::string(is_address ? ":." : "-._~!$&'()*+,;=%").contains(c))
                return false;
        }
        return !name.empty();
    }

    bool host() {
        auto hosts = all("host");
        if (hosts.size() != 1 || !valid_host(hosts[0]))
            return false;
        if (host_.empty())
            host_ = hosts[0];
        return policy_.hosts.empty() || has_any_case(policy_.hosts, without_port(host_));
    }

    bool upgrade() {
        auto versions = all("sec-websocket-version");
        return has_any_case(list("upgrade"), "websocket") &&
               has_any_case(list("connection"), "upgrade") && versions.size() == 1 &&
               versions[0] == "13";
    }

    bool key() {
        auto keys = all("sec-websocket-key");
        if (keys.size() != 1 || keys[0].size() != 24 || !keys[0].ends_with("=="))
            return false;
        for (unsigned char c : keys[0].substr(0, 22))
            if (!(std::isalnum(c) || c == '+' || c == '/'))
                return false;
        // Four bits of the last character belong to no byte, and are zero.
        return std::string("AQgw").contains(keys[0][21]);
    }

    bool no_body() {
        auto lengths = all("content-length");
        return all("transfer-encoding").empty() && lengths.size() < 2 &&
               (lengths.empty() ||
                (!lengths[0].empty() && std::ranges::count(lengths[0], '0') ==
                                            std::ptrdiff_t(lengths[0].size())));
    }

    bool path() {
        return policy_.paths.empty() ||
               has(policy_.paths, target_.substr(0, target_.find('?')));
    }

    bool origin() {
        auto origins = all("origin");
        if (origins.size() > 1)
            return false;
        if (origins.empty() || policy_.origin_rule == OriginRule::any ||
            has_any_case(policy_.origins, origins[0]))
            return true;
        auto at = origins[0].find("://");
        return policy_.origin_rule == OriginRule::same_host && at != std::string::npos &&
               token(origins[0].substr(0, at)) && valid_host(origins[0].substr(at + 3)) &&
               without_port(origins[0].substr(at + 3)) == without_port(host_);
    }

    bool sub_protocol() {
        if (policy_.sub_protocols.empty())
            return true;
        if (all("sec-websocket-protocol").empty())
            return policy_.sub_protocol_rule == SubProtocolRule::optional;
        return has(list("sec-websocket-protocol"), policy_.sub_protocols[0]);
    }

    std::string head_;
    const HandshakePolicy& policy_;
    std::string line_, target_, host_;
    std::vector<Field> fields_;
};

void check_scanner(const std::string& text, std::size_t piece) {
    auto end = text.find("\r\n\r\n");
    HeadScanner scanner;
    for (std::size_t size = 0; size <= text.size(); size += piece) {
        auto length = scanner.scan(as_bytes(text).first(size));
        bool is_there = end != text.npos && size >= end + 4;
        require(length.has_value() == is_there, "the end is seen when it is there");
        require(!length || *length == end + 4, "the end is where it is");
    }
}

void check_response(const HandshakeAnswer& answer) {
    auto& text = answer.response;
    auto end = text.find("\r\n\r\n");
    require(text.starts_with("HTTP/1.1 " + std::to_string(answer.status) + " "),
            "the status line has the status");
    require(end != text.npos, "there is a blank line");
    require(text.find("HTTP/1.1 " + std::to_string(answer.status) + " Error") ==
                text.npos,
            "each status has its phrase");
    for (char c : text)
        require((c >= ' ' && c <= '~') || c == '\r' || c == '\n',
                "the response is ASCII");
    require(answer.accepted == (answer.status == 101), "101 is what accepts");
    auto body = text.substr(end + 4);
    auto length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
    require(answer.accepted ? body.empty() : body.empty() || text.find(length) < end,
            "the body is as long as it says");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 5000)
        return 0;
    auto policy = policy_of(data[0]);
    std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    check_scanner(text, 1);
    check_scanner(text, data[0] / 8 + 2);

    auto end = text.find("\r\n\r\n");
    for (auto& head : {text, text.substr(0, end == text.npos ? 0 : end + 4)}) {
        auto answer = answer_handshake(as_bytes(head), policy, "");
        check_response(answer);
        require(answer.accepted == Reference(head, policy).accepts(),
                "101 exactly when the reference agrees");
    }
    return 0;
}
