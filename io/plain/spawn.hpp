// internal: starts a program with its standard streams on pipes.
#pragma once

#include "io/plain/channel-command.hpp"

namespace qio {

/// A new child and our ends of its pipes, non-blocking; none where it has no pipe.
struct Spawned {
    pid_t pid = 0;
    UniqueFd standard_input{};
    UniqueFd standard_output{};
    UniqueFd standard_error{};
};

/// Errors: not_found, permission_denied, … with the program's name; no child is left.
Result<Spawned> spawn_program(const std::vector<std::string>& argv,
                              const SpawnOptions& options);

} // namespace qio
