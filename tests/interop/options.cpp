// The command lines of the programs here.
#include "tests/interop/options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace qio::interop {

Options& Options::flag(std::string name, bool& target) {
    options_.push_back({std::move(name), false, [&](const char*) {
                            target = true;
                            return true;
                        }});
    return *this;
}

Options& Options::number(std::string name, std::size_t& target) {
    options_.push_back({std::move(name), true, [&](const char* value) {
                            const char* end = value + std::strlen(value);
                            const auto [stop, problem] =
                                std::from_chars(value, end, target);
                            return problem == std::errc{} && stop == end;
                        }});
    return *this;
}

Options& Options::text(std::string name, std::string& target) {
    options_.push_back({std::move(name), true, [&](const char* value) {
                            target = value;
                            return true;
                        }});
    return *this;
}

Options& Options::list(std::string name, std::vector<std::string>& target) {
    options_.push_back({std::move(name), true, [&](const char* value) {
                            target.emplace_back(value);
                            return true;
                        }});
    return *this;
}

void Options::parse(int argc, char** argv) const {
    for (int i = 1; i < argc; ++i) {
        const auto option = std::ranges::find(options_, argv[i], &Option::name);
        if (option == options_.end())
            refuse(std::string("unknown option '") + argv[i] + "'");
        if (option->takes_value && ++i == argc)
            refuse(option->name + " takes a value");
        if (!option->set(argv[i]))
            refuse(option->name + " cannot be '" + argv[i] + "'");
    }
}

void Options::refuse(const std::string& problem) const {
    std::fprintf(stderr, "%s: %s; options are:", program_.c_str(), problem.c_str());
    for (auto& option : options_)
        std::fprintf(stderr, " %s%s", option.name.c_str(),
                     option.takes_value ? " VALUE" : "");
    std::fputc('\n', stderr);
    std::exit(2);
}

} // namespace qio::interop
