// What qio-relay is asked to do on its command line.
#include "io/tools/relay-options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "io/tools/relay-text.hpp"

namespace qio::relay {

namespace {

constexpr double max_seconds = 30 * 86400;
constexpr std::size_t max_count = 10'000'000;
constexpr std::string_view inherited_leaf = "systemd:";

Error wrong(std::string_view message) {
    return {ErrorKind::invalid_argument, 0, std::string(message)};
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

/// An option with one member of each kind: a switch, a text, a time, a count.
struct Option {
    using Member = std::variant<bool Options::*, std::string Options::*,
                                Options::Milliseconds Options::*, std::size_t Options::*,
                                Options::Mode>;
    std::string_view name;
    std::string_view value; ///< what help calls it; empty: a flag
    Member member;
};

const Option known_options[] = {
    {"--token-file", "FILE", &Options::token_file},
    {"--token-dir", "DIR", &Options::token_dir},
    {"--token-in-path", "", &Options::token_in_path},
    {"--web", "DIR", &Options::web},
    {"--idle-timeout", "SECONDS", &Options::idle_timeout},
    {"--heartbeat", "SECONDS", &Options::heartbeat},
    {"--connect-timeout", "SECONDS", &Options::connect_timeout},
    {"--handshake-timeout", "SECONDS", &Options::handshake_timeout},
    {"--grace", "SECONDS", &Options::grace},
    {"--max-connections", "N", &Options::max_connections},
    {"--max-connections-per-address", "N", &Options::max_connections_per_address},
    {"--access-log", "FILE", &Options::access_log},
    {"--once", "", &Options::once},
    {"--json", "", &Options::json},
    {"--quiet", "", &Options::quiet},
    {"--help", "", Options::Mode::help},
    {"--version", "", Options::Mode::version},
};

/// One function for each kind of member.
struct Set {
    Options& options;
    std::string_view value;

    Result<void> operator()(bool Options::* member) const {
        options.*member = true;
        return {};
    }
    Result<void> operator()(std::string Options::* member) const {
        if (value.empty())
            return wrong("the value is empty; give a name, or leave the option out");
        options.*member = std::string(value);
        return {};
    }
    Result<void> operator()(Options::Milliseconds Options::* member) const {
        const auto seconds = number<double>(value);
        if (!seconds || !(*seconds >= 0) || *seconds > max_seconds)
            return wrong("not a time; give seconds from 0 to 2592000, such as 30 or 0.5");
        options.*member = Options::Milliseconds(std::llround(*seconds * 1000));
        return {};
    }
    Result<void> operator()(std::size_t Options::* member) const {
        const auto count = number<std::size_t>(value);
        if (!count || *count == 0 || *count > max_count)
            return wrong("not a number of connections; give 1 to 10000000, or leave the "
                         "option out");
        options.*member = *count;
        return {};
    }
    Result<void> operator()(Options::Mode mode) const {
        options.mode = mode;
        return {};
    }
};

using Arguments = std::span<const char* const>;

/// The value that an option has: behind its "=", or else the next argument, which is
/// taken from `rest`.
Result<std::string_view> take_value(const Option& option,
                                    std::optional<std::string_view> joined,
                                    Arguments& rest) {
    if (option.value.empty() && joined)
        return wrong("takes no value; write it alone");
    if (option.value.empty() || joined)
        return joined.value_or("");
    if (rest.empty())
        return wrong("the value is missing; write " + std::string(option.name) + " " +
                     std::string(option.value));
    const std::string_view value = rest.front();
    rest = rest.subspan(1);
    return value;
}

Result<void> apply(Options& options, std::string_view argument, Arguments& rest) {
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    const auto* option =
        std::ranges::find(known_options, name == "-h" ? "--help" : name, &Option::name);
    if (option == std::end(known_options))
        return wrong("no such option; qio-relay --help lists all")
            .with_context(shown(name));
    const auto joined = equals == argument.npos
                            ? std::nullopt
                            : std::optional(argument.substr(equals + 1));
    const auto value = take_value(*option, joined, rest);
    if (!value)
        return Error(value.error()).with_context(name);
    if (auto done = std::visit(Set{options, *value}, option->member); !done)
        return std::move(done).error().with_context(std::string(name) + " " +
                                                    shown(*value));
    return {};
}

/// The service manager's sockets start with descriptor 3, and so does the value.
Result<RelayAddress> parse_listen(std::string text, bool& is_inherited) {
    is_inherited = text == inherited_leaf || text.ends_with(":systemd:");
    if (is_inherited)
        text.replace(text.size() - inherited_leaf.size(), inherited_leaf.size(), "fd:3");
    return parse_relay_address(text);
}

Result<void> set_addresses(Options& options, const std::vector<std::string>& addresses) {
    if (addresses.size() > 2)
        return wrong("'" + shown(addresses[2]) +
                     "' is a third address; give LISTEN and TARGET");
    if (addresses.empty())
        return wrong("LISTEN and TARGET are missing; write qio-relay LISTEN TARGET, or "
                     "see qio-relay --help");
    options.listen = QIO_TRY(parse_listen(addresses[0], options.is_inherited));
    if (addresses.size() == 2)
        options.target = QIO_TRY(parse_relay_address(addresses[1]));
    return {};
}

} // namespace

bool Options::uses_stdio() const {
    return std::holds_alternative<StdioLeaf>(listen.leaf) ||
           (target && std::holds_alternative<StdioLeaf>(target->leaf));
}

Result<Options> parse_options(Arguments arguments, WebSupport web) {
    Options options;
    std::vector<std::string> addresses;
    bool are_options_over = false;
    while (!arguments.empty()) {
        const std::string_view argument = arguments.front();
        arguments = arguments.subspan(1);
        if (!are_options_over && argument == "--")
            are_options_over = true;
        else if (are_options_over || argument == "-" || !argument.starts_with('-'))
            addresses.emplace_back(argument);
        else
            QIO_TRY(apply(options, argument, arguments));
    }
    if (options.mode != Options::Mode::serve)
        return options;
    QIO_TRY(set_addresses(options, addresses));
    QIO_TRY(check_options(options, web));
    if (std::holds_alternative<StdioLeaf>(options.listen.leaf))
        options.once = true;
    return options;
}

} // namespace qio::relay
