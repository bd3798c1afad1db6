// GnuTLS's errors as ours.
#include "io/tls/gnutls-handles.hpp"

#include <string>

namespace qio::tls {

gnutls_datum_t datum_of(ByteView bytes) {
    auto* data = const_cast<std::byte*>(bytes.data());
    return {reinterpret_cast<unsigned char*>(data), unsigned(bytes.size())};
}

Error gnutls_error(ErrorKind kind, std::string_view what, int status) {
    return {kind, 0, std::string(what) + ": " + gnutls_strerror(status)};
}

} // namespace qio::tls
