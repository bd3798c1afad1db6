// internal: the file of pre-shared keys: one "user:hexkey" a line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/tls/secret.hpp"

namespace qio::tls {

/// Bytes of a whole file of keys: some hundred users.
constexpr std::size_t max_psk_file = 64 << 10;
/// Bytes of a user's name; a peer sends one before it has proved anything.
constexpr std::size_t max_psk_user = 128;
/// Bytes of a key, twice as many digits in the file.
constexpr std::size_t max_psk_key = 64;

/// Users and their keys. Names compare byte by byte, whatever the bytes.
class PskKeys {
public:
    /// Takes the text of a file: lines "user:hexkey" that end with LF or CR LF; empty
    /// lines and those that begin with '#' are skipped. Errors: invalid_argument, with
    /// the number of the line (never with what is in it): a NUL, no colon, no user, a
    /// user who is there already, no key, a key that is not whole bytes in hexadecimal.
    /// limit.
    static Result<PskKeys> parse(std::string_view text);

    /// The user's key, valid as long as this object.
    std::optional<ByteView> find(std::string_view user) const;

    std::size_t size() const { return keys_.size(); }

private:
    Result<void> add_line(std::string_view line);

    std::map<std::string, Secret, std::less<>> keys_;
};

} // namespace qio::tls
