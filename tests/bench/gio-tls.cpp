// A TLS server's end as GIO has it (glib-networking), on the same main loop.
#include "tests/bench/gio-tls.hpp"

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

void check(const GError* error) {
    if (error != nullptr)
        give_up(std::string("GIO's TLS: ") + error->message);
}

} // namespace

bool has_gio_tls() {
    return g_tls_backend_supports_tls(g_tls_backend_get_default()) != 0;
}

GioTls::GioTls(const TlsIdentity& identity, UniqueFd near) {
    GError* error = nullptr;
    GSocket* const socket = g_socket_new_from_fd(near.release(), &error);
    check(error);
    GSocketConnection* const below =
        g_socket_connection_factory_create_connection(socket);
    GTlsCertificate* const certificate =
        g_tls_certificate_new_from_files(identity.file("server-cert.pem").c_str(),
                                         identity.file("server-key.pem").c_str(), &error);
    check(error);
    stream_.reset(g_tls_server_connection_new(G_IO_STREAM(below), certificate, &error));
    check(error);
    g_tls_connection_handshake(G_TLS_CONNECTION(stream_.get()), nullptr, &error);
    check(error);
    g_object_unref(certificate);
    g_object_unref(below);
    g_object_unref(socket);
}

GioTls::~GioTls() = default;

void GioTls::run_source(GSource* source, GPollableSourceFunc callback) {
    g_source_set_callback(source, G_SOURCE_FUNC(callback), this, nullptr);
    g_source_attach(source, nullptr);
    run_until([this] { return left_ == 0; });
    g_source_destroy(source);
    g_source_unref(source);
}

void GioTls::receive(std::size_t bytes, MutableBytes buffer) {
    buffer_ = buffer;
    left_ = bytes;
    auto* const input =
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream_.get()));
    run_source(g_pollable_input_stream_create_source(input, nullptr),
               &GioTls::on_readable);
}

void GioTls::send(ByteView bytes, std::size_t count) {
    bytes_ = rest_ = bytes;
    left_ = count;
    if (!write_on())
        return;
    auto* const output =
        G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream_.get()));
    run_source(g_pollable_output_stream_create_source(output, nullptr),
               &GioTls::on_writable);
}

gboolean GioTls::on_readable(GObject*, gpointer self) noexcept {
    return static_cast<GioTls*>(self)->read_on();
}

gboolean GioTls::on_writable(GObject*, gpointer self) noexcept {
    return static_cast<GioTls*>(self)->write_on();
}

/// Whether there is more to read.
bool GioTls::read_on() {
    auto* const input =
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream_.get()));
    while (left_ != 0) {
        GError* error = nullptr;
        const gssize count = g_pollable_input_stream_read_nonblocking(
            input, buffer_.data(), buffer_.size(), nullptr, &error);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
            g_error_free(error);
            return true;
        }
        check(error);
        if (count == 0)
            give_up("the peer has gone");
        left_ -= std::size_t(count);
    }
    return false;
}

/// Whether there is more to write.
bool GioTls::write_on() {
    auto* const output =
        G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream_.get()));
    while (left_ != 0) {
        GError* error = nullptr;
        const gssize count = g_pollable_output_stream_write_nonblocking(
            output, rest_.data(), rest_.size(), nullptr, &error);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
            g_error_free(error);
            return true;
        }
        check(error);
        rest_ = rest_.subspan(std::size_t(count));
        if (!rest_.empty())
            continue;
        rest_ = bytes_;
        --left_;
    }
    return false;
}

} // namespace qio::bench
