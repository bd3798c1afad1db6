// Passwords that programs read from files.
#include "io/tools/password-file.hpp"

#include <algorithm>
#include <fstream>

namespace qio {

Result<std::string> read_password_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{ErrorKind::not_found, 0,
                     path + " cannot be read; write the password into its first line"};
    // The line, its end, and one byte more tells that it is too long.
    std::string text(max_password_bytes + 3, '\0');
    file.read(text.data(), std::streamsize(text.size()));
    text.resize(std::size_t(file.gcount()));
    text.resize(std::min(text.find('\n'), text.size()));
    if (text.ends_with('\r'))
        text.pop_back();
    if (text.empty())
        return Error{ErrorKind::invalid_argument, 0,
                     path + " has no password; write one into its first line"};
    if (text.size() > max_password_bytes)
        return Error{ErrorKind::invalid_argument, 0,
                     path + " is no password; write one of at most " +
                         std::to_string(max_password_bytes) +
                         " bytes into its first line"};
    return text;
}

} // namespace qio
