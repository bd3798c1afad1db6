// TLS by plain GnuTLS calls on a socket: the other ends, and what ours is measured by.
#include "tests/bench/tls-peers.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "tests/bench/harness.hpp"

namespace qio::bench {

namespace {

void check(ssize_t status, const char* what) {
    if (status < 0)
        give_up(std::string(what) + ": " + gnutls_strerror(int(status)));
}

/// A WebSocket client's part of the opening handshake.
void upgrade_within(PlainTls& tls) {
    tls.send(as_bytes(upgrade_request(80)));
    std::string head;
    std::array<std::byte, 1024> piece;
    while (!head.ends_with("\r\n\r\n")) {
        const std::size_t count = tls.receive(piece);
        if (count == 0)
            give_up("no response to a request within TLS");
        head.append(as_text(ByteView(piece).first(count)));
    }
    if (!head.starts_with("HTTP/1.1 101 "))
        give_up("refused: " + head);
}

} // namespace

TlsIdentity::TlsIdentity() {
    test::Authority().write_to(folder_);
    const std::string folder = folder_.file("");
    ours_ = must(TlsCredentialsX509::create({.endpoint = tls::Endpoint::server,
                                             .directory = folder,
                                             .verify_peer = tls::VerifyPeer::no,
                                             .priority = tls_priority}));
    gnutls_certificate_allocate_credentials(&server_);
    gnutls_certificate_allocate_credentials(&client_);
    check(gnutls_certificate_set_x509_key_file(server_, file("server-cert.pem").c_str(),
                                               file("server-key.pem").c_str(),
                                               GNUTLS_X509_FMT_PEM),
          "the server's certificate");
    check(gnutls_priority_init(&priority_, tls_priority, nullptr), "the priority");
    check(gnutls_session_ticket_key_generate(&ticket_key_), "the ticket key");
}

TlsIdentity::~TlsIdentity() {
    gnutls_certificate_free_credentials(server_);
    gnutls_certificate_free_credentials(client_);
    gnutls_priority_deinit(priority_);
    gnutls_free(ticket_key_.data);
}

void TlsIdentity::attach(gnutls_session_t session, tls::Endpoint endpoint) const {
    const bool is_server = endpoint == tls::Endpoint::server;
    check(gnutls_priority_set(session, priority_), "the priority");
    check(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                                 is_server ? server_ : client_),
          "the credentials");
    if (is_server)
        check(gnutls_session_ticket_enable_server(session, &ticket_key_), "tickets");
}

PlainTls::PlainTls(const TlsIdentity& identity, tls::Endpoint endpoint, UniqueFd fd,
                   ByteView resumed)
    : fd_(std::move(fd)) {
    const bool is_server = endpoint == tls::Endpoint::server;
    gnutls_session_t session = nullptr;
    check(gnutls_init(&session, unsigned(is_server ? GNUTLS_SERVER : GNUTLS_CLIENT) |
                                    GNUTLS_NO_SIGNAL),
          "a session");
    session_.reset(session);
    identity.attach(session, endpoint);
    if (!resumed.empty())
        check(gnutls_session_set_data(session, resumed.data(), resumed.size()),
              "resumption");
    gnutls_transport_set_int(session, fd_.get());
    int status = GNUTLS_E_AGAIN;
    while (status < 0 && gnutls_error_is_fatal(status) == 0)
        status = gnutls_handshake(session);
    check(status, "a TLS handshake");
}

void PlainTls::send(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            gnutls_record_send(session_.get(), bytes.data(), bytes.size());
        check(count, "sending TLS records");
        bytes = bytes.subspan(std::size_t(count));
    }
}

std::size_t PlainTls::receive(MutableBytes buffer) {
    for (;;) {
        const ssize_t count =
            gnutls_record_recv(session_.get(), buffer.data(), buffer.size());
        // Also behind a ticket.
        if (count != GNUTLS_E_AGAIN && count != GNUTLS_E_INTERRUPTED)
            return std::size_t(std::max<ssize_t>(count, 0));
    }
}

Bytes PlainTls::resumption_data() {
    gnutls_datum_t data{};
    check(gnutls_session_get_data2(session_.get(), &data), "session data");
    const std::span bytes(reinterpret_cast<const std::byte*>(data.data), data.size);
    Bytes copy(bytes.begin(), bytes.end());
    gnutls_free(data.data);
    return copy;
}

SocketPair make_socket_pair() {
    std::array<int, 2> fds;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) < 0)
        give_up("no socket pair");
    SocketPair pair{UniqueFd(fds[0]), UniqueFd(fds[1])};
    fcntl(fds[0], F_SETFL, fcntl(fds[0], F_GETFL) | O_NONBLOCK);
    return pair;
}

void set_blocking(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

// ---- a client that reads

TlsDrain::TlsDrain(const TlsIdentity& identity, UniqueFd fd, Upgrade upgrade)
    : fd_(fd.get()), thread_([this, &identity, upgrade, fd = std::move(fd)] mutable {
          run(identity, std::move(fd), upgrade);
      }) {}

TlsDrain::~TlsDrain() {
    shutdown(fd_, SHUT_RDWR);
}

void TlsDrain::wait_for() const {
    run_until([this] { return received_ >= target_; });
}

void TlsDrain::run(const TlsIdentity& identity, UniqueFd fd, Upgrade upgrade) {
    pin_thread(Place::peer);
    PlainTls tls(identity, tls::Endpoint::client, std::move(fd));
    if (upgrade == Upgrade::yes)
        upgrade_within(tls);
    Bytes buffer(64 * 1024);
    while (const std::size_t count = tls.receive(buffer)) {
        ++records_;
        received_ += count;
        if (received_ >= target_)
            g_main_context_wakeup(nullptr);
    }
}

// ---- a client that writes

TlsBlast::TlsBlast(const TlsIdentity& identity, UniqueFd fd, Bytes bytes, Upgrade upgrade)
    : fd_(fd.get()), bytes_(std::move(bytes)),
      thread_([this, &identity, upgrade, fd = std::move(fd)] mutable {
          run(identity, std::move(fd), upgrade);
      }) {}

TlsBlast::~TlsBlast() {
    shutdown(fd_, SHUT_RDWR);
    start(0);
}

void TlsBlast::start(int times) {
    times_ = times;
    started_.release();
}

void TlsBlast::run(const TlsIdentity& identity, UniqueFd fd, Upgrade upgrade) {
    pin_thread(Place::peer);
    PlainTls tls(identity, tls::Endpoint::client, std::move(fd));
    if (upgrade == Upgrade::yes)
        upgrade_within(tls);
    for (;;) {
        started_.acquire();
        if (times_ == 0)
            return;
        for (int i = 0; i < times_; ++i)
            tls.send(bytes_);
    }
}

// ---- a client that comes and goes

TlsVisitor::TlsVisitor(const TlsIdentity& identity, Habit habit)
    : thread_([this, &identity, habit] { run(identity, habit); }) {}

TlsVisitor::~TlsVisitor() {
    visit({});
}

void TlsVisitor::visit(std::deque<UniqueFd> fds) {
    fds_ = std::move(fds);
    started_.release();
}

void TlsVisitor::run(const TlsIdentity& identity, Habit habit) {
    pin_thread(Place::peer);
    for (;;) {
        started_.acquire();
        if (fds_.empty())
            return;
        for (auto& fd : fds_)
            visit_one(identity, habit, std::move(fd));
    }
}

void TlsVisitor::visit_one(const TlsIdentity& identity, Habit habit, UniqueFd fd) {
    PlainTls tls(identity, tls::Endpoint::client, std::move(fd), session_data_);
    if (tls.is_resumed())
        ++resumed_;
    // The tickets come behind the handshake, and the end behind them.
    std::array<std::byte, 16> buffer;
    (void)tls.receive(buffer);
    if (habit == Habit::resuming && session_data_.empty())
        session_data_ = tls.resumption_data();
}

} // namespace qio::bench
