// What qio-relay says: status lines, errors, and a line for each connection.
#include "io/tools/relay-log.hpp"

#include <glib.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <ctime>

#include "io/base/handle.hpp"
#include "io/tools/relay-text.hpp"

namespace qio::relay {

namespace {

/// Now, in universal time: "2026-01-31T12:34:56Z".
std::string time_text() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text;
    return {text.data(), std::strftime(text.data(), text.size(), "%FT%TZ", &utc)};
}

std::string number_text(double value, const char* unit) {
    std::array<char, 48> text;
    std::snprintf(text.data(), text.size(), value < 10 ? "%.1f %s" : "%.0f %s", value,
                  unit);
    return text.data();
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr const char* units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024)
        return std::to_string(bytes) + " B";
    double value = double(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
        value /= 1024;
    return number_text(value, units[unit]);
}

std::string duration_text(std::chrono::milliseconds duration) {
    const double seconds = double(duration.count()) / 1000;
    if (seconds < 120)
        return number_text(seconds, "s");
    return seconds < 7200 ? number_text(seconds / 60, "min")
                          : number_text(seconds / 3600, "h");
}

} // namespace

std::string json_text(std::string_view text) {
    const Handle<char, g_free> valid(g_utf8_make_valid(text.data(), gssize(text.size())));
    std::string quoted = "\"";
    for (const char* at = valid.get(); *at != '\0'; ++at) {
        const auto c = static_cast<unsigned char>(*at);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += *at;
        } else if (c < ' ' || c == 0x7F) {
            std::array<char, 8> escape;
            std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
            quoted += escape.data();
        } else {
            quoted += *at;
        }
    }
    return quoted + "\"";
}

void LogLine::begin(std::string_view name) {
    members_ += members_.empty() ? "" : ",";
    members_ += json_text(name) + ":";
}

LogLine& LogLine::add(std::string_view name, std::string_view value) {
    begin(name);
    members_ += json_text(value);
    return *this;
}

LogLine& LogLine::add(std::string_view name, std::uint64_t value) {
    begin(name);
    members_ += std::to_string(value);
    return *this;
}

LogLine& LogLine::add(std::string_view name, const std::vector<std::string>& values) {
    begin(name);
    members_ += "[";
    for (const auto& value : values)
        members_ += (&value == values.data() ? "" : ",") + json_text(value);
    members_ += "]";
    return *this;
}

std::string access_sentence(const AccessRecord& record) {
    std::string text = shown(record.peer);
    text += record.request.empty() ? "" : " " + shown(record.request);
    text += record.target.empty() ? "" : " -> " + shown(record.target);
    text += ": " + bytes_text(record.bytes_in) + " in, " + bytes_text(record.bytes_out) +
            " out, " + duration_text(record.duration) + ", " + record.outcome;
    text += record.message.empty() ? "" : " (" + shown(record.message) + ")";
    return text;
}

bool RateLimit::allows(Clock::time_point now) {
    if (now - start_ >= interval_) {
        start_ = now;
        said_ = 0;
    }
    if (said_ == burst_) {
        ++skipped_;
        return false;
    }
    ++said_;
    skipped_before_ = std::exchange(skipped_, 0);
    return true;
}

Result<std::unique_ptr<Log>> Log::create(LogOptions options) {
    std::unique_ptr<Log> log(new Log(std::move(options)));
    QIO_TRY(log->reopen());
    return log;
}

Log::~Log() {
    if (access_ != nullptr)
        (void)std::fclose(access_);
}

Result<void> Log::reopen() {
    const auto& path = options_.access_log;
    if (path.empty() || path == "-")
        return {};
    // Close-on-exec; each line is one write at the end of the file.
    std::FILE* file = std::fopen(path.c_str(), "ae");
    if (file == nullptr)
        return Error::from_errno(errno, "--access-log " + path);
    if (access_ != nullptr)
        (void)std::fclose(access_);
    access_ = file;
    return {};
}

void Log::write(std::FILE* file, const std::string& line) {
    // A pipe with room has some for at least 4096 bytes (PIPE_BUF); nobody else waits for
    // a reader who does not read.
    pollfd room{fileno(file), POLLOUT, 0};
    if (poll(&room, 1, 0) == 0)
        return;
    (void)std::fwrite((line + "\n").data(), 1, line.size() + 1, file);
    (void)std::fflush(file);
}

void Log::status(const std::string& text, const LogLine& line) {
    if (options_.quiet && !options_.json)
        return;
    write(options_.to_stderr ? stderr : stdout, options_.json ? line.json() : text);
}

void Log::error(const std::string& message) {
    if (!errors_.allows(Clock::now()))
        return;
    std::string text = message;
    if (errors_.skipped() != 0)
        text += " (" + std::to_string(errors_.skipped()) + " more were not reported)";
    if (options_.json)
        status(text, LogLine("error").add("message", text));
    else if (!options_.quiet)
        write(stderr, "qio-relay: " + text);
}

void Log::access(const AccessRecord& record) {
    if (options_.access_log.empty())
        return;
    std::FILE* status_file = options_.to_stderr ? stderr : stdout;
    std::FILE* file = access_ != nullptr ? access_ : status_file;
    if (!options_.json)
        return write(file, time_text() + " " + access_sentence(record));
    LogLine line("connection");
    line.add("time", time_text()).add("peer", record.peer);
    line.add("request", record.request).add("target", record.target);
    line.add("bytes_in", record.bytes_in).add("bytes_out", record.bytes_out);
    line.add("milliseconds", std::uint64_t(record.duration.count()));
    line.add("outcome", record.outcome).add("message", record.message);
    write(file, line.json());
}

} // namespace qio::relay
