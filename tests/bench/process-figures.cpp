// What the kernel tells about processes: their threads, their time and their memory.
#include "tests/bench/process-figures.hpp"

#include <time.h>

#include <fstream>
#include <sstream>

namespace qio::bench {

std::string contents(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::filesystem::path process_path(pid_t pid, const char* name) {
    return std::filesystem::path("/proc") / std::to_string(pid) / name;
}

void for_each_thread(pid_t pid,
                     const std::function<void(const std::filesystem::path&)>& visit) {
    std::error_code gone;
    for (const auto& thread :
         std::filesystem::directory_iterator(process_path(pid, "task"), gone))
        visit(thread.path());
}

double run_time(pid_t pid, const std::string& prefix) {
    double sum = 0;
    for_each_thread(pid, [&](const std::filesystem::path& thread) {
        if (!contents(thread / "comm").starts_with(prefix))
            return;
        double nanoseconds = 0;
        std::istringstream(contents(thread / "schedstat")) >> nanoseconds;
        sum += nanoseconds;
    });
    return sum;
}

double whole_run_time(pid_t pid) {
    clockid_t clock{};
    timespec now{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &now) != 0)
        return 0;
    return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

double memory_figure(pid_t pid, const char* file, std::string_view name) {
    std::ifstream text(process_path(pid, file));
    std::string word;
    for (double kibibytes = 0; text >> word;)
        if (word == name && text >> kibibytes)
            return kibibytes * 1024;
    return 0;
}

} // namespace qio::bench
