// What the kernel tells about processes: their threads, their time and their memory.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace qio::bench {

/// Empty if there is no such file.
std::string contents(const std::filesystem::path& path);
/// A file of /proc about a process.
std::filesystem::path process_path(pid_t pid, const char* name);

/// Calls `visit` for the folder of each thread.
void for_each_thread(pid_t pid,
                     const std::function<void(const std::filesystem::path&)>& visit);

/// What its threads have run: those that are there, and whose names begin with `prefix`.
/// Units: nanoseconds.
double run_time(pid_t pid, const std::string& prefix = {});
/// The same of all threads, and of those that have ended; 0 when the process has.
double whole_run_time(pid_t pid);

/// A figure of a file of /proc about a process, such as "VmRSS:" of "status"; 0 if it is
/// not there. Units: bytes.
double memory_figure(pid_t pid, const char* file, std::string_view name);

} // namespace qio::bench
