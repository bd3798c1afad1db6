// internal: the command lines of the programs here.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace qio::interop {

/// Long options, each "--name" or "--name VALUE".
class Options {
public:
    /// `program` begins the messages.
    explicit Options(std::string program) : program_(std::move(program)) {}

    Options& flag(std::string name, bool& target);
    Options& number(std::string name, std::size_t& target);
    Options& text(std::string name, std::string& target);
    /// May be given more than once.
    Options& list(std::string name, std::vector<std::string>& target);

    /// Sets the targets; ends the program with 2 for what it does not know.
    void parse(int argc, char** argv) const;

    /// Says what is wrong, and ends the program with 2.
    [[noreturn]] void refuse(const std::string& problem) const;

private:
    struct Option {
        std::string name; ///< with the dashes
        bool takes_value;
        std::function<bool(const char*)> set;
    };

    std::string program_;
    std::vector<Option> options_;
};

} // namespace qio::interop
