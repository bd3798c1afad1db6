// Other programs, which run no longer than the benchmark.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "io/base/unique-fd.hpp"
#include "tests/bench/harness.hpp"

namespace qio::bench {

/// Whether there is such a program in PATH.
bool is_installed(const char* program);

/// What a program gets besides its arguments. Descriptors are borrowed.
struct Surroundings {
    Place place = Place::anywhere;
    int output = -1; ///< of what it says; none: that goes nowhere
    int kept = -1;   ///< stays open under its number
};

/// Starts a program in a group of its own, whose messages go nowhere. It ends with the
/// benchmark, however that ends.
pid_t start_program(const std::vector<std::string>& command, const Surroundings& around);

/// Started in a group of its own; its output comes here, its messages go nowhere. It ends
/// with this object, and with the benchmark however that ends.
class Program {
public:
    /// It inherits `kept` besides its output.
    explicit Program(const std::vector<std::string>& command, UniqueFd kept = {});
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    pid_t pid() const { return pid_; }
    /// Waits for the next line of its output, without the end of line. Empty: it has
    /// ended, or says nothing for long.
    std::string line();
    /// Ends the benchmark, with the name of the program, if it has said nothing.
    std::string first_line();

private:
    const std::string name_;
    UniqueFd output_;
    pid_t pid_ = -1;
    std::string read_; // and not taken
};

} // namespace qio::bench
