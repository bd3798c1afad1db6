// The text of a relay address.
#include "io/tools/relay-text.hpp"

#include <utility>

namespace qio::relay {

namespace {

constexpr std::size_t max_shown_bytes = 200;

Result<std::string> parse_value(Cursor& cursor) {
    std::string value;
    for (; cursor.at < cursor.text.size(); ++cursor.at) {
        char c = cursor.text[cursor.at];
        if (c == ',' || c == '}')
            return value;
        if (c == '\\') {
            const auto next = cursor.rest().substr(1, 1);
            if (next.empty() || !std::string_view(",}\\").contains(next.front()))
                return cursor.wrong(cursor.at, "a backslash stands before a comma, a "
                                               "closing brace or a backslash only");
            c = next.front();
            ++cursor.at;
        }
        value += c;
    }
    return value;
}

} // namespace

bool Cursor::accept(std::string_view expected) {
    if (!rest().starts_with(expected))
        return false;
    at += expected.size();
    return true;
}

Error Cursor::wrong(std::size_t position, std::string_view problem) const {
    std::string message = "address '" + shown(text) + "', position ";
    message += std::to_string(position + 1) + ": ";
    message += problem;
    return Error{ErrorKind::invalid_argument, 0, std::move(message)};
}

std::string shown(std::string_view text) {
    const bool is_long = text.size() > max_shown_bytes;
    std::string result(is_long ? text.substr(0, max_shown_bytes - 3) : text);
    for (char& c : result)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F)
            c = '?';
    return is_long ? result + "..." : result;
}

Result<std::vector<Given>> parse_options(Cursor& cursor) {
    std::vector<Given> options;
    const auto start = cursor.at;
    if (!cursor.accept("{"))
        return options;
    do {
        Given given{.name = {}, .at = cursor.at};
        const auto rest = cursor.rest();
        given.name = rest.substr(0, rest.find_first_of("=,}{:\\"));
        cursor.at += given.name.size();
        if (given.name.empty())
            return cursor.wrong(cursor.at, "the name of an option is missing; write "
                                           "{NAME=VALUE,...}, or no braces");
        if (cursor.accept("="))
            given.value = QIO_TRY(parse_value(cursor));
        options.push_back(std::move(given));
    } while (cursor.accept(","));
    if (!cursor.accept("}"))
        return cursor.wrong(start, "the brace is not closed; write {NAME=VALUE,...}");
    return options;
}

std::string escaped(std::string_view value) {
    std::string text;
    for (char c : value) {
        if (c == ',' || c == '}' || c == '\\')
            text += '\\';
        text += c;
    }
    return text;
}

} // namespace qio::relay
