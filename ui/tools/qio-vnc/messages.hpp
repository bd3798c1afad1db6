// internal: what qio-vnc says on its standard output and error.
#pragma once

#include <string>

namespace qio::bridge {

/// One line on standard output, at once.
void say(const std::string& line);
/// One line on standard error.
void complain(const std::string& line);

} // namespace qio::bridge
