// What vnc-demo is asked to do on its command line.
#include "ui/tools/options.hpp"

#include <algorithm>
#include <charconv>

#include "ui/tools/demo/layout.hpp"

namespace qio::demo {

namespace {

Error wrong(std::string_view message) {
    return {ErrorKind::invalid_argument, 0, std::string(message)};
}

/// A decimal number and nothing else.
template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || text.starts_with('-'))
        return std::nullopt;
    return value;
}

Result<void> set_port(std::uint16_t& port, std::string_view value) {
    const auto found = number<std::uint16_t>(value);
    if (!found)
        return wrong("not a port; give a number from 1 to 65535, or 0 for any free port");
    port = *found;
    return {};
}

bool is_within(std::optional<int> value, int lowest, int highest) {
    return value && *value >= lowest && *value <= highest;
}

Result<void> set_size(Options& options, std::string_view value) {
    const auto cross = std::min(value.find('x'), value.size());
    const auto width = number<int>(value.substr(0, cross));
    const auto height = number<int>(value.substr(std::min(cross + 1, value.size())));
    if (!is_within(width, min_width, max_width) ||
        !is_within(height, min_height, max_height))
        return wrong("not a size; give WxH, from 160x120 to 7680x4320");
    options.width = *width;
    options.height = *height;
    return {};
}

template <class Text>
Result<void> set_text(Text& text, std::string_view value, std::string_view way_out) {
    if (value.empty())
        return wrong(std::string("empty; ").append(way_out));
    text = std::string(value);
    return {};
}

struct Option {
    std::string_view name;
    std::string_view value; ///< what help calls it; empty: a flag
    Result<void> (*set)(Options&, std::string_view);
};

constexpr Option known_options[] = {
    {"--port", "N",
     [](Options& o, std::string_view v) { return set_port(o.page_port, v); }},
    {"--websocket-port", "N",
     [](Options& o, std::string_view v) { return set_port(o.websocket_port, v); }},
    {"--rfb-port", "N",
     [](Options& o, std::string_view v) { return set_port(o.rfb_port, v); }},
    {"--address", "HOST",
     [](Options& o, std::string_view v) {
         return set_text(o.address, v, "give a host name or number, or :: for all");
     }},
    {"--unix", "PATH",
     [](Options& o, std::string_view v) {
         return set_text(o.unix_path, v, "give the path of the socket");
     }},
    {"--novnc", "DIR",
     [](Options& o, std::string_view v) {
         return set_text(o.novnc_folder, v, "give the folder of the noVNC package");
     }},
    {"--password-file", "FILE",
     [](Options& o, std::string_view v) {
         return set_text(o.password_file, v, "give a file with the password in it");
     }},
    {"--tls-creds", "DIR",
     [](Options& o, std::string_view v) {
         return set_text(o.tls_folder, v, "give the folder of the certificates");
     }},
    {"--size", "WxH", set_size},
    {"--json", "",
     [](Options& o, std::string_view) -> Result<void> {
         return o.json = true, Result<void>();
     }},
    {"--help", "",
     [](Options& o, std::string_view) -> Result<void> {
         return o.mode = Options::Mode::help, Result<void>();
     }},
    {"--version", "",
     [](Options& o, std::string_view) -> Result<void> {
         return o.mode = Options::Mode::version, Result<void>();
     }},
};

Result<const Option*> find_option(std::string_view name) {
    const auto* option =
        std::ranges::find(known_options, name == "-h" ? "--help" : name, &Option::name);
    if (option == std::end(known_options))
        return wrong("no such option; vnc-demo --help lists all");
    return option;
}

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
        return wrong(std::string("the value is missing; write ")
                         .append(option.name)
                         .append(" ")
                         .append(option.value));
    const std::string_view value = rest.front();
    rest = rest.subspan(1);
    return value;
}

/// Errors: their message begins with what was given.
Result<void> apply(Options& options, std::string_view name,
                   std::optional<std::string_view> joined, Arguments& rest) {
    const auto option = find_option(name);
    if (!option)
        return Error(option.error()).with_context(name);
    const auto value = take_value(**option, joined, rest);
    if (!value)
        return Error(value.error()).with_context(name);
    auto done = (*option)->set(options, *value);
    if (!done)
        return std::move(done).error().with_context(
            std::string(name).append(value->empty() ? "" : " ").append(*value));
    return done;
}

} // namespace

Result<Options> parse_options(Arguments arguments) {
    Options options;
    while (!arguments.empty()) {
        const std::string_view argument = arguments.front();
        arguments = arguments.subspan(1);
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        const auto joined = equals == argument.npos
                                ? std::nullopt
                                : std::optional(argument.substr(equals + 1));
        QIO_TRY(apply(options, name, joined, arguments));
    }
    return options;
}

std::string_view help_text() {
    return R"(vnc-demo - a framebuffer to look at with noVNC or any VNC viewer

Usage: vnc-demo [OPTION]...

Shows colour bars, a clock and a bouncing ball, and what you type and point at.
Everybody who connects sees the same picture; there is no password unless you
give one.

In the browser:
  --port N            port of the web page (6080)
  --websocket-port N  port the page connects to, at /websockify (5700)
  --novnc DIR         folder of the noVNC package, with core/rfb.js in it
                      (/usr/share/novnc, if that is there)

For native viewers:
  --rfb-port N        port for VNC viewers (5900)
  --unix PATH         the same on a unix socket as well

Who may connect:
  --password-file FILE  the first line is the password
  --tls-creds DIR       viewers must use TLS: DIR has server-cert.pem and
                        server-key.pem, ca-cert.pem; else TLS is anonymous

In general:
  --address HOST      where all ports are opened: a name or number; :: means
                      every interface, for everybody to see (127.0.0.1)
  --size WxH          first size in pixels, 160x120 to 7680x4320 (800x600)
  --json              print one line, {"page":URL,"websocket":PORT,"rfb":PORT}
  --help, --version   print this, or the version, and end

A port of 0 is any free one. In parentheses: what is used without the option.
Ctrl-C ends it. Exit status: 0 when stopped, 2 when it could not start.

Example: a page for the whole network, on port 8080
  npm install @novnc/novnc
  vnc-demo --address :: --port 8080 --novnc node_modules/@novnc/novnc
)";
}

} // namespace qio::demo
