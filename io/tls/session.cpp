// A TLS session between two byte queues: GnuTLS without a transport.
#include "io/tls/session.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "io/core/iovec-cursor.hpp"
#include "io/tls/session-error.hpp"

namespace qio::tls {

namespace {

constexpr std::size_t max_sealed = Session::max_record + Session::max_expansion;
constexpr std::size_t max_output =
    Session::records_at_once * max_sealed + Session::max_replies;

// Warnings and empty records in one receive(): a bound, whatever the input holds.
constexpr int max_idle_records = 1000;

gnutls_datum_t to_datum(std::string_view text) {
    return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
            unsigned(text.size())};
}

/// Copies from `source` until `to` is full or nothing is left. Returns how much.
std::size_t gather(IovecCursor& source, MutableBytes to) {
    std::size_t count = 0;
    while (count < to.size() && !source.at_end()) {
        const auto piece =
            source.front().first(std::min(source.front().size(), to.size() - count));
        std::memcpy(to.data() + count, piece.data(), piece.size());
        count += piece.size();
        source.advance(piece.size());
    }
    return count;
}

bool is_passing(int code) {
    return code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

} // namespace

Session::Session(std::shared_ptr<const LoadedCredentials> credentials, Endpoint endpoint)
    : credentials_(std::move(credentials)), input_(max_input), output_(max_output) {
    const unsigned role =
        endpoint == Endpoint::server ? unsigned(GNUTLS_SERVER) : unsigned(GNUTLS_CLIENT);
    gnutls_session_t session = nullptr;
    if (gnutls_init(&session, role | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
        return;
    session_.reset(session);
    gnutls_transport_set_ptr(session, this);
    gnutls_transport_set_pull_function(session, &Session::pull);
    gnutls_transport_set_pull_timeout_function(session, &Session::pull_timeout);
    gnutls_transport_set_vec_push_function(session, &Session::push);
}

Result<std::unique_ptr<Session>>
Session::create(std::shared_ptr<const LoadedCredentials> credentials,
                const SessionSetup& setup) {
    std::unique_ptr<Session> session(new Session(std::move(credentials), setup.endpoint));
    if (!session->session_)
        return Error{ErrorKind::exhausted, 0, "TLS: no session can be made"};
    QIO_TRY(session->set_up(setup));
    return session;
}

Result<void> Session::set_up(const SessionSetup& setup) {
    QIO_TRY(credentials_->attach(get()));
    QIO_TRY(set_alpn(setup.alpn));
    if (!setup.announced_name.empty()) {
        const int code =
            gnutls_server_name_set(get(), GNUTLS_NAME_DNS, setup.announced_name.data(),
                                   setup.announced_name.size());
        if (code < 0)
            return Error{ErrorKind::invalid_argument, 0,
                         "TLS: '" + setup.announced_name + "' is no host name"};
    }
    // Data that cannot be used costs nothing but a full handshake.
    if (!setup.resumed.empty())
        (void)gnutls_session_set_data(get(), setup.resumed.data(), setup.resumed.size());
    return {};
}

Result<void> Session::set_alpn(const std::vector<std::string>& names) {
    if (names.empty())
        return {};
    std::vector<gnutls_datum_t> list(names.size());
    std::ranges::transform(names, list.begin(), to_datum);
    const int code = gnutls_alpn_set_protocols(get(), list.data(), unsigned(list.size()),
                                               GNUTLS_ALPN_SERVER_PRECEDENCE);
    if (code < 0)
        return Error{ErrorKind::invalid_argument, 0,
                     "TLS: these ALPN names cannot be offered"};
    return {};
}

// ---- the transport that GnuTLS sees

ssize_t Session::pull(gnutls_transport_ptr_t self, void* to, size_t size) noexcept {
    auto& session = *static_cast<Session*>(self);
    auto& input = session.input_;
    if (input.empty()) {
        gnutls_transport_set_errno(session.get(), EAGAIN);
        return -1;
    }
    const std::size_t count = std::min(size, input.size());
    std::memcpy(to, input.readable().data(), count);
    input.consume(count);
    return ssize_t(count);
}

int Session::pull_timeout(gnutls_transport_ptr_t self, unsigned) noexcept {
    return static_cast<Session*>(self)->input_.empty() ? 0 : 1;
}

/// Takes everything: a record that GnuTLS has sealed is never its to send again.
ssize_t Session::push(gnutls_transport_ptr_t self, const giovec_t* vectors,
                      int count) noexcept {
    auto& session = *static_cast<Session*>(self);
    const std::span list(vectors, std::size_t(count));
    std::size_t total = 0;
    for (auto& vector : list)
        total += vector.iov_len;
    if (total > session.output_.room()) {
        gnutls_transport_set_errno(session.get(), ENOBUFS);
        return -1;
    }
    for (auto& vector : list)
        session.output_.append(
            {static_cast<const std::byte*>(vector.iov_base), vector.iov_len});
    return ssize_t(total);
}

// ---- handshake and records

Error Session::failure(int code, std::string_view what) {
    Error error = session_error(get(), code, what);
    if (code != GNUTLS_E_FATAL_ALERT_RECEIVED && code != GNUTLS_E_PUSH_ERROR)
        (void)gnutls_alert_send_appropriate(get(), code);
    return error;
}

Result<bool> Session::shake_hands() {
    for (int i = 0; i < max_idle_records; ++i) {
        const int code = gnutls_handshake(get());
        if (code == GNUTLS_E_SUCCESS)
            return true;
        if (code == GNUTLS_E_AGAIN && input_.empty())
            return false;
        if (code != GNUTLS_E_AGAIN && !is_passing(code))
            return failure(code, "TLS handshake");
    }
    return failure(GNUTLS_E_TOO_MANY_EMPTY_PACKETS, "TLS handshake");
}

Result<std::optional<std::size_t>> Session::receive(MutableBytes buffer) {
    for (int i = 0; i < max_idle_records; ++i) {
        const auto count = gnutls_record_recv(get(), buffer.data(), buffer.size());
        if (count >= 0)
            return std::size_t(count);
        // Also said behind a ticket or a key update, whatever follows them.
        if (count == GNUTLS_E_AGAIN && input_.empty())
            return std::nullopt;
        if (count != GNUTLS_E_AGAIN && !is_passing(int(count)))
            return failure(int(count), "TLS");
    }
    return failure(GNUTLS_E_TOO_MANY_EMPTY_PACKETS, "TLS");
}

bool Session::has_room() const {
    return output_.room() >= max_sealed + max_replies;
}

void Session::reserve(std::size_t size) {
    const std::size_t records =
        std::min((size + max_record - 1) / max_record, records_at_once);
    const std::size_t wanted = size < max_record ? 0 : records * (max_record + 64);
    (void)output_.prepare(std::min(wanted, output_.room()));
}

Result<std::size_t> Session::seal(IovecCursor& source) {
    std::array<std::byte, max_record> gathered;
    // A peer may have asked for smaller records.
    const std::size_t limit = std::min(max_record, gnutls_record_get_max_size(get()));
    ByteView data = source.front().first(std::min(source.front().size(), limit));
    source.advance(data.size());
    // Small pieces share a record; whatever is large enough goes as it is.
    if (data.size() < limit && !source.at_end()) {
        std::memcpy(gathered.data(), data.data(), data.size());
        const auto rest = std::span(gathered).first(limit).subspan(data.size());
        data = ByteView(gathered).first(data.size() + gather(source, rest));
    }
    const std::size_t taken = data.size();
    while (!data.empty()) {
        const auto count = gnutls_record_send(get(), data.data(), data.size());
        if (count < 0)
            return session_error(get(), int(count), "TLS");
        data = data.subspan(std::size_t(count));
    }
    return taken;
}

Result<void> Session::say_goodbye() {
    const int code = gnutls_bye(get(), GNUTLS_SHUT_WR);
    if (code < 0)
        return session_error(get(), code, "TLS");
    return {};
}

void Session::send_alert(gnutls_alert_description_t alert) {
    (void)gnutls_alert_send(get(), GNUTLS_AL_FATAL, alert);
}

Result<std::optional<Bytes>> Session::resumption_data() const {
    const bool is_13 = gnutls_protocol_get_version(get()) >= GNUTLS_TLS1_3;
    const bool has_ticket =
        (gnutls_session_get_flags(get()) & GNUTLS_SFLAGS_SESSION_TICKET) != 0;
    if (is_13 && !has_ticket)
        return std::nullopt;
    gnutls_datum_t data{};
    const int code = gnutls_session_get_data2(get(), &data);
    if (code < 0)
        return session_error(get(), code, "TLS session data");
    const std::span bytes(data.data, data.size);
    Bytes copy(std::as_bytes(bytes).begin(), std::as_bytes(bytes).end());
    gnutls_memset(data.data, 0, data.size);
    gnutls_free(data.data);
    return copy;
}

} // namespace qio::tls
