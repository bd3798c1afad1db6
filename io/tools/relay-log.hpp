// internal: what qio-relay says: status lines, errors, and a line for each connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/base/error.hpp"
#include "io/core/deadline.hpp"

namespace qio::relay {

/// Names and texts of one line; the numbers are written as such in JSON.
class LogLine {
public:
    explicit LogLine(std::string_view event) { add("event", event); }
    LogLine& add(std::string_view name, std::string_view value);
    LogLine& add(std::string_view name, std::uint64_t value);
    LogLine& add(std::string_view name, const std::vector<std::string>& values);
    /// One JSON object.
    std::string json() const { return "{" + members_ + "}"; }

private:
    void begin(std::string_view name);

    std::string members_;
};

/// What there is to say about a connection once it is over.
struct AccessRecord {
    std::string peer;
    std::string request;         ///< a WebSocket's path and query; empty if there is none
    std::string target;          ///< empty: it did not come so far
    std::uint64_t bytes_in = 0;  ///< from the client
    std::uint64_t bytes_out = 0; ///< to the client
    std::chrono::milliseconds duration{0};
    std::string outcome; ///< one word, such as "closed" or "refused"
    std::string message; ///< why, if that needs saying
};

/// A quoted JSON text. Bytes that are no UTF-8 become '?'.
std::string json_text(std::string_view text);
/// The sentence of an access log, without the time in front.
std::string access_sentence(const AccessRecord& record);

/// Lets a few lines through, and counts the others. Units: at most `burst` per interval.
class RateLimit {
public:
    RateLimit(unsigned burst, std::chrono::milliseconds interval)
        : burst_(burst), interval_(interval) {}

    /// Whether a line may be said at `now`. Then skipped() is how many were not before.
    bool allows(Clock::time_point now);
    unsigned skipped() const { return skipped_before_; }

private:
    const unsigned burst_;
    const std::chrono::milliseconds interval_;
    Clock::time_point start_{};
    unsigned said_ = 0;
    unsigned skipped_ = 0;
    unsigned skipped_before_ = 0;
};

struct LogOptions {
    bool json = false;
    bool quiet = false;
    bool to_stderr = false; ///< standard output carries data
    std::string access_log; ///< a path; "-" = where status lines go; empty = none
};

/// Context: one thread. Nothing waits for who reads it: what has no room is lost.
class Log {
public:
    /// Errors: what the system says about the access log.
    static Result<std::unique_ptr<Log>> create(LogOptions options);
    ~Log();

    /// A status: `text` for people, `line` for programs.
    void status(const std::string& text, const LogLine& line);
    /// Something failed while running. Rate-limited.
    void error(const std::string& message);
    void access(const AccessRecord& record);
    /// Opens the access log again, after it was moved away.
    Result<void> reopen();

private:
    explicit Log(LogOptions options) : options_(std::move(options)) {}
    void write(std::FILE* file, const std::string& line);

    const LogOptions options_;
    std::FILE* access_ = nullptr;
    RateLimit errors_{10, std::chrono::seconds(10)};
};

} // namespace qio::relay
