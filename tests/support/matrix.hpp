// Every test case over every one of several things, as one cmocka group.
#pragma once

#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "tests/support/cmocka.hpp"

namespace qio::test {

struct MatrixCase {
    const char* name;
    CMUnitTestFunction function;
};
/// A MatrixCase of a test function.
#define QIO_CASE(function)                                                               \
    qio::test::MatrixCase {                                                              \
        #function, &function                                                             \
    }

/// Runs each case with a pointer to each of `things` as its state; `name_of` names them.
/// Returns what main() returns.
template <class Things, class Name>
int run_matrix(const char* group, const Things& things, Name name_of,
               std::span<const MatrixCase> cases) {
    std::vector<std::string> names;
    names.reserve(std::size(things) * cases.size());
    std::vector<CMUnitTest> tests;
    for (auto& thing : things)
        for (auto& [name, function] : cases) {
            names.push_back(name_of(thing) + ": " + name);
            auto* state = const_cast<void*>(static_cast<const void*>(&thing));
            tests.push_back({names.back().c_str(), function, nullptr, nullptr, state});
        }
    return _cmocka_run_group_tests(group, tests.data(), tests.size(), nullptr, nullptr);
}

} // namespace qio::test
