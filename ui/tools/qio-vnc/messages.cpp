// What qio-vnc says on its standard output and error.
#include "ui/tools/qio-vnc/messages.hpp"

#include <cstdio>

#include "ui/text.hpp"

namespace qio::bridge {

void say(const std::string& line) {
    std::printf("qio-vnc: %s\n", ui::one_line(line).c_str());
    std::fflush(stdout);
}

void complain(const std::string& line) {
    std::fprintf(stderr, "qio-vnc: %s\n", ui::one_line(line).c_str());
}

} // namespace qio::bridge
