// Which versions and ciphers a session may use.
#include "io/tls/priority.hpp"

#include <string>

namespace qio::tls {

Result<PriorityHandle> make_priority(std::string_view priority, std::string_view suffix) {
    std::string text(priority.empty() ? default_priority : priority);
    if (text.find('\0') != text.npos)
        return Error{ErrorKind::invalid_argument, 0, "priority: it has a NUL in it"};
    if (!suffix.empty())
        text.append(":").append(suffix);
    gnutls_priority_t compiled = nullptr;
    const char* mistake = nullptr;
    const auto status = gnutls_priority_init(&compiled, text.c_str(), &mistake);
    if (status < 0)
        return Error{ErrorKind::invalid_argument, 0,
                     "priority '" + text + "': " + gnutls_strerror(status) +
                         (mistake && *mistake ? std::string(" at '") + mistake + "'"
                                              : std::string())};
    return PriorityHandle(compiled);
}

} // namespace qio::tls
