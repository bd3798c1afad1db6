// Decides who may come by the rules in a file, and by its latest version.
#include "io/tls/authorization-list-file.hpp"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>

#include "io/tls/authorization-file.hpp"
#include "io/tls/credential-file.hpp"

namespace qio {

namespace {

/// Nanoseconds during which a file may change again and keep its times: they are as
/// coarse as a tick of the kernel, on some file systems as a second or two.
constexpr std::int64_t settling = 2'000'000'000;

std::int64_t in_nanoseconds(const timespec& time) {
    return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// What differs between versions of a file.
struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t modified, changed;

    explicit Stamp(const struct stat& status)
        : device(status.st_dev), inode(status.st_ino), size(status.st_size),
          modified(in_nanoseconds(status.st_mtim)),
          changed(in_nanoseconds(status.st_ctim)) {}

    bool operator==(const Stamp&) const = default;

    /// Whether a change after this moment is sure to show.
    bool is_settled() const {
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        const auto age = in_nanoseconds(now) - std::max(modified, changed);
        return age > settling;
    }
};

} // namespace

class AuthorizationListFile::State {
public:
    State(std::string path, Refresh refresh)
        : path_(std::move(path)), refresh_(refresh) {}

    Result<void> load();
    Result<bool> is_allowed(std::string_view identity);

private:
    Result<AuthorizationRules> read();
    bool is_current() const;

    const std::string path_;
    const Refresh refresh_;
    std::mutex mutex_;
    Result<AuthorizationRules> rules_ = AuthorizationRules{};
    std::optional<Stamp> stamp_; // of what was read, when it is sure to show changes
};

Result<AuthorizationRules> AuthorizationListFile::State::read() {
    stamp_.reset();
    const auto contents = QIO_TRY(tls::read_file(path_, tls::max_rules_file));
    if (!contents)
        return Error::from_errno(ENOENT, "cannot open '" + path_ + "'");
    if (const Stamp stamp(contents->status); stamp.is_settled())
        stamp_ = stamp;
    auto rules = tls::parse_rules(contents->bytes.text());
    if (!rules)
        return std::move(rules).error().with_context("'" + path_ + "'");
    return rules;
}

bool AuthorizationListFile::State::is_current() const {
    if (refresh_ == Refresh::no)
        return true;
    struct stat status{};
    return stamp_ && stat(path_.c_str(), &status) == 0 && Stamp(status) == *stamp_;
}

Result<void> AuthorizationListFile::State::load() {
    rules_ = read();
    return rules_ ? Result<void>() : Result<void>(rules_.error());
}

Result<bool> AuthorizationListFile::State::is_allowed(std::string_view identity) {
    const std::lock_guard lock(mutex_);
    if (!is_current())
        rules_ = read();
    if (!rules_)
        return rules_.error();
    return rules_->allow(identity);
}

Result<std::shared_ptr<AuthorizationListFile>>
AuthorizationListFile::create(std::string path, Refresh refresh) {
    auto state = std::make_unique<State>(std::move(path), refresh);
    QIO_TRY(state->load());
    return std::shared_ptr<AuthorizationListFile>(
        new AuthorizationListFile(std::move(state)));
}

AuthorizationListFile::AuthorizationListFile(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

AuthorizationListFile::~AuthorizationListFile() = default;

Result<bool> AuthorizationListFile::is_allowed(std::string_view identity) const {
    return state_->is_allowed(identity);
}

} // namespace qio
