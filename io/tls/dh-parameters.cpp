// Diffie-Hellman parameters of a server, from a file if it has one.
#include "io/tls/dh-parameters.hpp"

#include "io/tls/credential-file.hpp"

namespace qio::tls {

Result<DhHandle> load_dh_parameters(const std::string& directory) {
    if (directory.empty())
        return DhHandle();
    const auto path = path_in(directory, "dh-params.pem");
    const auto contents = QIO_TRY(read_file(path, max_pem_file));
    if (!contents)
        return DhHandle();
    gnutls_dh_params_t parameters = nullptr;
    auto status = gnutls_dh_params_init(&parameters);
    if (status < 0)
        return gnutls_error(ErrorKind::exhausted, path, status);
    DhHandle owner(parameters);
    const auto pem = datum_of(contents->bytes.view());
    status = gnutls_dh_params_import_pkcs3(parameters, &pem, GNUTLS_X509_FMT_PEM);
    if (status < 0)
        return gnutls_error(ErrorKind::invalid_argument, "'" + path + "'", status);
    return owner;
}

} // namespace qio::tls
