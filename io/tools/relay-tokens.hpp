// internal: targets by name, from files that are read again when they change.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/tools/relay-address.hpp"
#include "io/websock/http-head.hpp"

namespace qio::relay {

using TargetRef = std::shared_ptr<const RelayAddress>;
using Targets = std::map<std::string, TargetRef, std::less<>>;

/// What a file says, and what is wrong in it ("FILE:LINE: …").
struct TokenLines {
    Targets targets;
    std::vector<std::string> problems;
};

/// Reads lines "NAME: TARGET": HOST:PORT, unix_socket:PATH or a relay address that is
/// good for more than one connection. Empty lines, and those that begin with '#', are
/// skipped; so are wrong ones, and names that were there before.
TokenLines parse_tokens(std::string_view text, std::string_view file);

/// Where the name stands in a request.
enum class TokenPlace : std::uint8_t {
    query, ///< the parameter "token", percent-encoded
    path,  ///< the last part of the path, percent-encoded
};

/// The name that a request gives; empty if it gives none, or a malformed one. `base`:
/// what the path must be (query) or begin with (path); empty = anything.
std::string token_of(const ws::HttpRequest& request, TokenPlace place,
                     std::string_view base);

/// Looks for changes (one stat a file) at each question, and reads what has changed.
/// Units/limits: files of 1 MiB, 1000 of them in a folder; names that begin with '.' or
/// end with '~' are passed over. While a file is gone, so are its targets.
/// Context: one thread.
class TokenTable {
public:
    /// `report` hears of each problem once.
    using Report = std::function<void(const std::string& problem)>;

    /// Errors: what the system says about the file or folder.
    static Result<std::unique_ptr<TokenTable>> create(std::string path, Report report);

    /// Null: there is no such name.
    TargetRef find(std::string_view token);
    /// Looks for changes, and counts the names.
    std::size_t refresh();

private:
    struct File {
        struct stat status{};
        bool is_settled = false; ///< a later change shows in the status
        Targets targets{};
    };

    TokenTable(std::string path, Report report)
        : path_(std::move(path)), report_(std::move(report)) {}
    std::vector<std::string> list() const;
    void refresh(const std::string& path);
    void report(std::vector<std::string> problems);

    const std::string path_;
    const Report report_;
    std::map<std::string, File> files_;
    std::set<std::string> reported_;
};

} // namespace qio::relay
