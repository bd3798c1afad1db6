// Tables of update scripts and what they must give. Include it last, for cmocka.
#pragma once

#include <string>
#include <string_view>

#include "tests/ui/vnc/update-script.hpp"

#include "tests/support/cmocka.hpp"

namespace qio::test {

struct Row {
    std::string_view script, sent;
};

/// The first row that goes another way; cmocka shows both texts.
template <std::size_t count>
void assert_rows(const Row (&rows)[count]) {
    for (const auto& row : rows)
        assert_string_equal(play(row.script).c_str(), std::string(row.sent).c_str());
}

} // namespace qio::test
