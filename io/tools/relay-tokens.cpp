// Targets by name, from files that are read again when they change.
#include "io/tools/relay-tokens.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/base/unique-fd.hpp"

namespace qio::relay {

namespace {

constexpr off_t max_file = 1 << 20;
constexpr std::size_t max_files = 1000;
constexpr std::size_t max_reported = 1000;
// Clocks of file systems tick this slowly: two changes within it may look like one.
constexpr long tick_ns = 50'000'000;

bool is_same(const struct stat& one, const struct stat& other) {
    const auto is_same_time = [](const timespec& a, const timespec& b) {
        return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
    };
    return one.st_ino == other.st_ino && one.st_dev == other.st_dev &&
           one.st_size == other.st_size && is_same_time(one.st_mtim, other.st_mtim) &&
           is_same_time(one.st_ctim, other.st_ctim);
}

bool is_long_ago(const timespec& time) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec - time.tv_sec) * 1'000'000'000 + (now.tv_nsec - time.tv_nsec) >
           tick_ns;
}

Result<std::string> read_file(const std::string& path, struct stat& status) {
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd || fstat(fd.get(), &status) < 0)
        return Error::from_errno(errno, path);
    if (!S_ISREG(status.st_mode))
        return Error{ErrorKind::invalid_argument, 0, path + ": no file to read"};
    if (status.st_size > max_file)
        return Error{ErrorKind::limit, 0, path + ": larger than 1 MiB"};
    std::string text(std::size_t(status.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const auto count = read(fd.get(), text.data() + done, text.size() - done);
        if (count < 0)
            return Error::from_errno(errno, path);
        if (count == 0)
            break;
        done += std::size_t(count);
    }
    text.resize(done);
    return text;
}

} // namespace

Result<std::unique_ptr<TokenTable>> TokenTable::create(std::string path, Report report) {
    struct stat status{};
    if (stat(path.c_str(), &status) < 0 || access(path.c_str(), R_OK) < 0)
        return Error::from_errno(errno, "tokens " + path);
    std::unique_ptr<TokenTable> table(new TokenTable(std::move(path), std::move(report)));
    table->refresh();
    return table;
}

std::vector<std::string> TokenTable::list() const {
    std::error_code error;
    std::filesystem::directory_iterator folder(path_, error);
    if (error)
        return {path_}; // no folder
    std::vector<std::string> paths;
    for (; folder != std::filesystem::directory_iterator() && paths.size() < max_files;
         folder.increment(error)) {
        const auto name = folder->path().filename().string();
        if (!name.starts_with('.') && !name.ends_with('~'))
            paths.push_back(folder->path().string());
        if (error)
            break;
    }
    std::ranges::sort(paths);
    return paths;
}

std::size_t TokenTable::refresh() {
    const auto paths = list();
    std::erase_if(files_, [&](const auto& file) {
        return !std::ranges::binary_search(paths, file.first);
    });
    std::size_t count = 0;
    for (const auto& path : paths) {
        refresh(path);
        count += files_[path].targets.size();
    }
    return count;
}

void TokenTable::refresh(const std::string& path) {
    auto& file = files_[path];
    struct stat status{};
    if (file.is_settled && stat(path.c_str(), &status) == 0 &&
        is_same(status, file.status))
        return;
    auto text = read_file(path, file.status);
    file.is_settled = text && is_long_ago(file.status.st_mtim);
    if (!text) {
        file.targets.clear();
        return report({text.error().message});
    }
    auto lines = parse_tokens(*text, path);
    file.targets = std::move(lines.targets);
    report(std::move(lines.problems));
}

void TokenTable::report(std::vector<std::string> problems) {
    if (reported_.size() > max_reported)
        reported_.clear();
    for (auto& problem : problems)
        if (reported_.insert(problem).second)
            report_(problem);
}

TargetRef TokenTable::find(std::string_view token) {
    if (token.empty())
        return nullptr;
    refresh();
    for (const auto& [path, file] : files_)
        if (const auto found = file.targets.find(token); found != file.targets.end())
            return found->second;
    return nullptr;
}

} // namespace qio::relay
