// internal: owners of what GnuTLS hands out, and its errors as ours.
#pragma once

#include <gnutls/x509.h>

#include <string_view>
#include <vector>

#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "io/base/handle.hpp"

namespace qio::tls {

using CertificateHandle = Handle<gnutls_x509_crt_int, &gnutls_x509_crt_deinit>;
using KeyHandle = Handle<gnutls_x509_privkey_int, &gnutls_x509_privkey_deinit>;
using CrlHandle = Handle<gnutls_x509_crl_int, &gnutls_x509_crl_deinit>;
using DhHandle = Handle<gnutls_dh_params_int, &gnutls_dh_params_deinit>;
using PriorityHandle = Handle<gnutls_priority_st, &gnutls_priority_deinit>;

using CertificateList = std::vector<CertificateHandle>;
using CrlList = std::vector<CrlHandle>;

/// The pointers of `handles`, as GnuTLS wants lists.
template <class T>
auto pointers_of(const std::vector<T>& handles) {
    std::vector<typename T::pointer> pointers;
    for (const auto& handle : handles)
        pointers.push_back(handle.get());
    return pointers;
}

/// Borrows the bytes; GnuTLS only reads them.
gnutls_datum_t datum_of(ByteView bytes);

/// The error for a GnuTLS status: message "WHAT: what GnuTLS says".
Error gnutls_error(ErrorKind kind, std::string_view what, int status);

} // namespace qio::tls
