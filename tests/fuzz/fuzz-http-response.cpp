// Fuzzes a server's response as a client reads it, against a second opinion; and a
// proxy's.
//
// The first byte of the input chooses what was offered: sub-protocols (1), compression
// (2); the other bytes are the response.
#include <cctype>
#include <string>
#include <vector>

#include "io/websock/client-request.hpp"
#include "io/websock/http-connect.hpp"
#include "tests/fuzz/require.hpp"

using namespace qio;
using namespace qio::ws;
using fuzz::require;

namespace {

const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
const std::string accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

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

/// What a 101 must have, written down a second time and in no hurry.
class Reference {
public:
    explicit Reference(const std::string& head) : head_(head) {}

    bool is_http() { return head_.size() <= 8192 && split() && status_line(); }
    int status() const { return status_; }
    bool accepts(bool offers_protocols) const {
        auto protocols = all("sec-websocket-protocol");
        bool upgrades = false;
        for (auto& field : fields_)
            if (field.first == "connection")
                upgrades = upgrades || has_element(field.second, "upgrade");
        return status_ == 101 && minor_ >= '1' && all("upgrade").size() == 1 &&
               lowered(all("upgrade")[0]) == "websocket" && upgrades &&
               all("sec-websocket-accept") == std::vector{accept} &&
               (protocols.empty() ||
                (offers_protocols && protocols.size() == 1 &&
                 (protocols[0] == "binary" || protocols[0] == "base64")));
    }
    /// Whether the response names any extension.
    bool has_extensions() const {
        for (auto& value : all("sec-websocket-extensions"))
            for (char c : value)
                if (c != ' ' && c != '\t' && c != ',')
                    return true;
        return false;
    }

private:
    static bool has_element(const std::string& list, const std::string& name) {
        std::string item;
        for (char c : list + ",") {
            if (c != ',') {
                item += c;
                continue;
            }
            if (lowered(trimmed(item)) == name)
                return true;
            item.clear();
        }
        return false;
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
            if (colon == std::string::npos || colon == 0)
                return false;
            for (unsigned char c : lines[i].substr(0, colon))
                if (c < 33 || c > 126 ||
                    std::string("\"(),/:;<=>?@[\\]{}").contains(char(c)))
                    return false;
            fields_.emplace_back(lowered(lines[i].substr(0, colon)),
                                 trimmed(lines[i].substr(colon + 1)));
        }
        return fields_.size() <= 64;
    }

    bool status_line() {
        if (line_.size() < 12 || !line_.starts_with("HTTP/1.") || line_[8] != ' ' ||
            (line_.size() > 12 && line_[12] != ' '))
            return false;
        for (std::size_t i : {7u, 9u, 10u, 11u})
            if (!std::isdigit(static_cast<unsigned char>(line_[i])))
                return false;
        minor_ = line_[7];
        status_ = std::stoi(line_.substr(9, 3));
        return status_ >= 100;
    }

    std::vector<std::string> all(const std::string& name) const {
        std::vector<std::string> values;
        for (auto& field : fields_)
            if (field.first == name)
                values.push_back(field.second);
        return values;
    }

    std::string head_, line_;
    std::vector<std::pair<std::string, std::string>> fields_;
    int status_ = 0;
    char minor_ = '0';
};

void check_error(const Error& error) {
    require(!error.message.empty() && error.message.size() < 500,
            "a message is of some length, and no more");
    for (char c : error.message)
        require(c >= ' ' && c <= '~', "a message can be printed");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 9000)
        return 0;
    const bool offers_protocols = data[0] & 1;
    ClientHandshakeOptions options{.host = "server.example"};
    if (offers_protocols)
        options.sub_protocols = {"binary", "base64"};
    if (data[0] & 2)
        options.deflate = DeflateOptions{};
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto end = text.find("\r\n\r\n");
    for (auto& head : {text, text.substr(0, end == text.npos ? 0 : end + 4)}) {
        Reference reference(head);
        const bool is_http = reference.is_http();
        const auto agreement = check_response(as_bytes(head), options, key);
        const bool accepts = is_http && reference.accepts(offers_protocols);
        if (reference.has_extensions())
            require(!agreement || (accepts && options.deflate && agreement->deflate),
                    "no extension is used that was not offered");
        else
            require(agreement.has_value() == accepts,
                    "accepted exactly when the reference agrees");
        if (!agreement)
            check_error(agreement.error());

        const auto tunnel = check_connect_response(as_bytes(head), {});
        require(tunnel.has_value() == (is_http && reference.status() / 100 == 2),
                "a tunnel exactly with 2xx");
        if (!tunnel)
            check_error(tunnel.error());
    }
    return 0;
}
