// The Sec-WebSocket-Extensions field between text and values.
#include "io/websock/extensions.hpp"

#include <algorithm>

#include "io/websock/http-text.hpp"

namespace qio::ws {

namespace {

constexpr std::string_view separators = "\",;= \t";

Error malformed(std::string_view problem) {
    return {ErrorKind::protocol, 0, "Sec-WebSocket-Extensions: " + std::string(problem)};
}

Error too_many(std::string_view what) {
    return {ErrorKind::limit, 0, "Sec-WebSocket-Extensions: " + std::string(what)};
}

/// Takes the list apart from its front.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool is_at_end() const { return rest_.empty(); }

    /// Skips blanks, and `separator` and the blanks behind it if it is what comes next.
    bool accept(char separator) {
        skip_blanks();
        if (!rest_.starts_with(separator))
            return false;
        rest_.remove_prefix(1);
        skip_blanks();
        return true;
    }

    Result<std::string> token() {
        const auto taken = rest_.substr(0, rest_.find_first_of(separators));
        if (!is_token(taken))
            return malformed("a token is missing or has a wrong character");
        rest_.remove_prefix(taken.size());
        return std::string(taken);
    }

    Result<std::string> token_or_quoted() {
        return rest_.starts_with('"') ? quoted() : token();
    }

private:
    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    }

    // §9.1: what the quotes hold must be a token, too.
    Result<std::string> quoted() {
        std::string value;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') {
                rest_.remove_prefix(at + 1);
                if (!is_token(value))
                    return malformed("a quoted value is no token");
                return value;
            }
            if (rest_[at] == '\\' && ++at == rest_.size())
                break;
            value += rest_[at];
        }
        return malformed("a quoted value does not end");
    }

    std::string_view rest_;
};

Result<ExtensionParameter> parse_parameter(Scanner& scanner) {
    ExtensionParameter parameter{QIO_TRY(scanner.token())};
    if (scanner.accept('='))
        parameter.value = QIO_TRY(scanner.token_or_quoted());
    return parameter;
}

Result<Extension> parse_extension(Scanner& scanner) {
    Extension extension{QIO_TRY(scanner.token())};
    while (scanner.accept(';')) {
        if (extension.parameters.size() == max_extension_parameters)
            return too_many("too many parameters");
        extension.parameters.push_back(QIO_TRY(parse_parameter(scanner)));
    }
    return extension;
}

} // namespace

Result<std::vector<Extension>> parse_extensions(std::string_view value) {
    if (value.size() > max_extensions_bytes)
        return too_many("too long");
    std::vector<Extension> extensions;
    Scanner scanner(value);
    while (true) {
        while (scanner.accept(','))
            ;
        if (scanner.is_at_end())
            break;
        if (extensions.size() == max_extensions)
            return too_many("too many extensions");
        extensions.push_back(QIO_TRY(parse_extension(scanner)));
        if (!scanner.is_at_end() && !scanner.accept(','))
            return malformed("a comma or semicolon is missing");
    }
    if (extensions.empty())
        return malformed("the list is empty");
    return extensions;
}

std::string to_string(std::span<const Extension> extensions) {
    std::string text;
    for (auto& extension : extensions) {
        text += (text.empty() ? "" : ", ") + extension.name;
        for (auto& [name, value] : extension.parameters)
            text += "; " + name + (value ? "=" + *value : "");
    }
    return text;
}

} // namespace qio::ws
