// The command line of qio-vnc.
#include "ui/tools/qio-vnc/options.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "io/base/trace.hpp"
#include "ui/vnc/option-text.hpp"
#include "ui/vnc/router.hpp"

namespace qio::bridge {

namespace {

Error wrong(std::string_view message) {
    return {ErrorKind::invalid_argument, 0, std::string(message)};
}

/// What is put together when all options are read.
struct Given {
    Options options{};
    std::optional<std::string> websocket{};
    bool no_terminals = false;
    std::vector<std::function<void(vnc::DisplayOptions&)>> changes{};
};

using Set = Result<void> (*)(Given&, const std::string&);

struct Option {
    char letter = 0;
    std::string_view name;
    std::string_view value; ///< what help calls it; empty: a flag
    Set set;
};

Result<void> not_empty(std::string& text, const std::string& value) {
    if (value.empty())
        return wrong("empty; give a value, or leave the option out");
    text = value;
    return {};
}

template <std::string Options::* member>
Result<void> set_text(Given& given, const std::string& value) {
    return not_empty(given.options.*member, value);
}

template <auto member>
Result<void> change_text(Given& given, const std::string& value) {
    std::string text;
    QIO_TRY(not_empty(text, value));
    given.changes.push_back([text](vnc::DisplayOptions& to) { to.*member = text; });
    return {};
}

template <auto member>
Result<void> change_flag(Given& given, const std::string&) {
    given.changes.push_back([](vnc::DisplayOptions& to) { to.*member = true; });
    return {};
}

Result<void> set_peer(Given& given, const std::string& value) {
    int fd = -1;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, fd);
    if (error != std::errc() || stop != end || fd < 0)
        return wrong("not a descriptor; give the number of a socket that is open");
    given.options.peer_fd = fd;
    return {};
}

Result<void> set_vnc_address(Given& given, const std::string& value) {
    given.options.has_vnc_address = true;
    return not_empty(given.options.vnc_address, value);
}

Result<void> set_websocket(Given& given, const std::string& value) {
    return not_empty(given.websocket.emplace(), value);
}

Result<void> set_http(Given& given, const std::string& value) {
    given.options.http = QIO_TRY(parse_socket_address(value));
    return {};
}

Result<void> set_novnc(Given& given, const std::string& value) {
    return not_empty(given.options.novnc_folder.emplace(), value);
}

Result<void> set_share(Given& given, const std::string& value) {
    const auto policy = vnc::parse_share_policy(value);
    if (!policy)
        return wrong(
            std::string("no such policy; give ").append(vnc::share_policy_names));
    given.changes.push_back([policy](vnc::DisplayOptions& to) { to.share = *policy; });
    return {};
}

Result<void> add_object(Given& given, const std::string& value) {
    auto object = QIO_TRY(parse_object(value));
    if (given.options.object(object.id) != nullptr)
        return wrong("there is another one of that id; choose another id");
    given.options.objects.push_back(std::move(object));
    return {};
}

Result<void> add_path(Given& given, const std::string& value) {
    const auto equals = value.find('=');
    if (equals == 0 || equals == value.npos || value.substr(equals + 1, 1) != "/")
        return wrong("not CONSOLE=/PATH; give a console and its path, as VGA=/vm1");
    const ConsolePath added{value.substr(0, equals), value.substr(equals + 1)};
    if (vnc::Router::is_reserved(added.path))
        return wrong("that path has a meaning already; choose another one");
    auto& all = given.options.paths;
    const auto same = std::ranges::find(all, added.path, &ConsolePath::path);
    if (same != all.end() && same->console != added.console)
        return wrong("the path leads to " + same->console +
                     " already; choose another one");
    if (same == all.end())
        all.push_back(added);
    return {};
}

Result<void> add_host(Given& given, const std::string& value) {
    return not_empty(given.options.hosts.emplace_back(), value);
}

Result<void> set_trace(Given& given, const std::string& value) {
    QIO_TRY(not_empty(given.options.trace, value));
    const auto unknown = trace::find_unknown_category(value);
    if (unknown)
        return wrong("'" + *unknown + "' is no category; give " +
                     trace::category_names());
    return {};
}

Result<void> set_sandbox(Given& given, const std::string& value) {
    if (value != "on" && value != "off")
        return wrong("neither on nor off; give one of them");
    given.options.sandbox = value == "on";
    return {};
}

Result<void> set_wait(Given& given, const std::string&) {
    given.options.wait = true;
    return {};
}

/// The first one takes the place of what is shown without.
Result<void> add_terminal(Given& given, const std::string& value) {
    if (!std::exchange(given.options.has_terminals, true))
        given.options.terminals.clear();
    return not_empty(given.options.terminals.emplace_back(), value);
}

Result<void> set_no_terminals(Given& given, const std::string&) {
    given.no_terminals = true;
    return {};
}

template <Options::Mode mode>
Result<void> set_mode(Given& given, const std::string&) {
    given.options.mode = mode;
    return {};
}

constexpr Option known_options[] = {
    {'a', "--dbus-address", "ADDRESS", set_text<&Options::dbus_address>},
    {'p', "--dbus-p2p-fd", "FD", set_peer},
    {'n', "--bus-name", "NAME", set_text<&Options::bus_name>},
    {'W', "--wait", "", set_wait},
    {'l', "--vnc-addr", "DISPLAY", set_vnc_address},
    {'w', "--websocket", "ADDRESS", set_websocket},
    {0, "--http", "ADDRESS", set_http},
    {0, "--novnc", "DIR", set_novnc},
    {0, "--host", "NAME", add_host},
    {0, "--path", "CONSOLE=/PATH", add_path},
    {'t', "--tls-creds", "DIR", set_text<&Options::tls_folder>},
    {0, "--tls-authz", "ID", change_text<&vnc::DisplayOptions::tls_authz>},
    {'O', "--object", "OBJECT", add_object},
    {0, "--sasl", "", change_flag<&vnc::DisplayOptions::sasl>},
    {0, "--sasl-authz", "ID", change_text<&vnc::DisplayOptions::sasl_authz>},
    {0, "--password", "", change_flag<&vnc::DisplayOptions::password>},
    {0, "--password-file", "FILE", set_text<&Options::password_file>},
    {0, "--token-key-file", "FILE", set_text<&Options::token_key_file>},
    {'s', "--share", "POLICY", set_share},
    {'C', "--vt-chardev", "NAME", add_terminal},
    {'N', "--no-vt", "", set_no_terminals},
    {'k', "--keyboard-layout", "LAYOUT", set_text<&Options::keyboard_layout>},
    {0, "--lossy", "", change_flag<&vnc::DisplayOptions::lossy>},
    {0, "--non-adaptive", "", change_flag<&vnc::DisplayOptions::non_adaptive>},
    {0, "--sandbox", "on|off", set_sandbox},
    {'T', "--trace", "CATEGORIES", set_trace},
    {'V', "--version", "", set_mode<Options::Mode::version>},
    {'h', "--help", "", set_mode<Options::Mode::help>},
};

/// One argument: which option, and the value behind its "=" or its letter.
struct Argument {
    std::string_view name;
    std::optional<std::string> joined{};
};

Argument split(std::string_view text) {
    if (text.starts_with("--")) {
        const auto equals = text.find('=');
        if (equals == text.npos)
            return {text};
        return {text.substr(0, equals), std::string(text.substr(equals + 1))};
    }
    if (text.starts_with('-') && text.size() > 2)
        return {text.substr(0, 2), std::string(text.substr(2))};
    return {text};
}

const Option* find_option(std::string_view name) {
    const auto* const found = std::ranges::find_if(known_options, [&](auto& option) {
        return name == option.name || (option.letter != 0 && name.size() == 2 &&
                                       name[0] == '-' && name[1] == option.letter);
    });
    return found == std::end(known_options) ? nullptr : found;
}

using Arguments = std::span<const char* const>;

Result<std::string> take_value(const Option& option, const Argument& argument,
                               Arguments& rest) {
    if (option.value.empty() && argument.joined)
        return wrong("takes no value; write it alone");
    if (option.value.empty() || argument.joined)
        return argument.joined.value_or("");
    if (rest.empty())
        return wrong(std::string("the value is missing; write ")
                         .append(option.name)
                         .append(" ")
                         .append(option.value));
    std::string value = rest.front();
    rest = rest.subspan(1);
    return value;
}

/// What was given, for a message; of objects no more than the type, for they may hold a
/// secret.
std::string shown(const Option& option, const Argument& argument,
                  const std::string& value) {
    const auto end = option.letter == 'O' ? value.find(',') : value.npos;
    return std::string(argument.name)
        .append(value.empty() ? "" : " ")
        .append(value.substr(0, end));
}

/// Errors: their message begins with what was given.
Result<void> apply(Given& given, std::string_view text, Arguments& rest) {
    const auto argument = split(text);
    const auto* const option = find_option(argument.name);
    if (option == nullptr)
        return wrong("no such option; qio-vnc --help lists all").with_context(text);
    const auto value = take_value(*option, argument, rest);
    if (!value)
        return Error(value.error()).with_context(argument.name);
    auto done = option->set(given, *value);
    if (!done)
        return std::move(done).error().with_context(shown(*option, argument, *value));
    return done;
}

/// -l alone first: what is wrong there is not to be blamed on --websocket.
Result<vnc::DisplayOptions> make_display(const Given& given) {
    const auto& text = given.options.vnc_address;
    auto display = vnc::parse_options(text);
    if (!display)
        return std::move(display).error().with_context("--vnc-addr " + text);
    if (given.websocket) {
        display = vnc::parse_options(
            text + ",websocket=" + vnc::with_doubled_commas(*given.websocket));
        if (!display)
            return std::move(display).error().with_context("--websocket " +
                                                           *given.websocket);
    }
    for (const auto& change : given.changes)
        change(*display);
    return display;
}

} // namespace

Result<Options> parse_options(Arguments arguments) {
    Given given;
    while (!arguments.empty()) {
        const std::string_view argument = arguments.front();
        arguments = arguments.subspan(1);
        QIO_TRY(apply(given, argument, arguments));
    }
    if (given.options.mode != Options::Mode::serve)
        return std::move(given.options);
    if (given.no_terminals && given.options.has_terminals)
        return wrong("--no-vt: leave it out, or --vt-chardev");
    if (given.no_terminals)
        given.options.terminals.clear();
    given.options.display = QIO_TRY(make_display(given));
    QIO_TRY(check_options(given.options));
    return std::move(given.options);
}

} // namespace qio::bridge
