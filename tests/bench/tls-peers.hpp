// TLS by plain GnuTLS calls on a socket: the other ends, and what ours is measured by.
#pragma once

#include <gnutls/gnutls.h>

#include <atomic>
#include <deque>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "io/base/handle.hpp"
#include "io/tls/credentials-x509.hpp"
#include "tests/bench/peers.hpp"
#include "tests/support/certificates.hpp"

namespace qio::bench {

/// TLS 1.3 with AES-128-GCM and nothing else.
inline constexpr const char* tls_priority =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM";

/// A server's certificate, in files and as each library wants it.
class TlsIdentity {
public:
    TlsIdentity();
    ~TlsIdentity();
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;

    std::string file(const std::string& name) const { return folder_.file(name); }
    const TlsCredentials& credentials() const { return *ours_; }
    /// Prepares a session of plain GnuTLS.
    void attach(gnutls_session_t session, tls::Endpoint endpoint) const;

private:
    test::TemporaryFolder folder_;
    std::shared_ptr<TlsCredentialsX509> ours_;
    gnutls_certificate_credentials_t server_ = nullptr;
    gnutls_certificate_credentials_t client_ = nullptr;
    gnutls_priority_t priority_ = nullptr;
    gnutls_datum_t ticket_key_{};
};

/// A session on a blocking socket.
class PlainTls {
public:
    /// The handshake is made here; `resumed`: what resumption_data() gave, or empty.
    PlainTls(const TlsIdentity& identity, tls::Endpoint endpoint, UniqueFd fd,
             ByteView resumed = {});

    void send(ByteView bytes);
    /// 0: the end.
    std::size_t receive(MutableBytes buffer);
    /// Tells of the end, and does not wait for the peer's.
    void say_goodbye() { gnutls_bye(session_.get(), GNUTLS_SHUT_WR); }
    Bytes resumption_data();
    bool is_resumed() const { return gnutls_session_is_resumed(session_.get()) != 0; }
    int fd() const { return fd_.get(); }

private:
    const UniqueFd fd_;
    Handle<std::remove_pointer_t<gnutls_session_t>, &gnutls_deinit> session_;
};

/// Two ends of a socket pair; `near` is non-blocking.
struct SocketPair {
    UniqueFd near, far;
};
SocketPair make_socket_pair();
void set_blocking(int fd);

/// Whether the client speaks WebSocket inside TLS.
enum class Upgrade : bool { no, yes };

/// A client that reads away whatever comes, and counts it and its records.
class TlsDrain {
public:
    TlsDrain(const TlsIdentity& identity, UniqueFd fd, Upgrade upgrade = Upgrade::no);
    ~TlsDrain();

    void expect(std::uint64_t bytes) { target_ += bytes; }
    /// Runs the default context until all that is expected has come.
    void wait_for() const;
    std::uint64_t records() const { return records_; }

private:
    void run(const TlsIdentity& identity, UniqueFd fd, Upgrade upgrade);

    const int fd_;
    std::atomic<std::uint64_t> received_ = 0, target_ = 0, records_ = 0;
    std::jthread thread_;
};

/// A client that sends the same bytes again and again, 64 KiB at a time.
class TlsBlast {
public:
    TlsBlast(const TlsIdentity& identity, UniqueFd fd, Bytes bytes,
             Upgrade upgrade = Upgrade::no);
    ~TlsBlast();

    /// Starts to send all of the bytes `times` times. Requires: the last one is over.
    void start(int times);

private:
    void run(const TlsIdentity& identity, UniqueFd fd, Upgrade upgrade);

    const int fd_;
    const Bytes bytes_;
    int times_ = 0;
    std::binary_semaphore started_{0};
    std::jthread thread_;
};

/// A client that makes one handshake after the other.
class TlsVisitor {
public:
    /// Whether it comes back with a session of before.
    enum class Habit : bool { fresh, resuming };

    TlsVisitor(const TlsIdentity& identity, Habit habit);
    ~TlsVisitor();

    /// It shakes hands on each, in this order, and waits for its end.
    /// Requires: the last ones are over.
    void visit(std::deque<UniqueFd> fds);
    std::size_t resumed() const { return resumed_; }

private:
    void run(const TlsIdentity& identity, Habit habit);
    void visit_one(const TlsIdentity& identity, Habit habit, UniqueFd fd);

    std::deque<UniqueFd> fds_;
    Bytes session_data_;
    std::atomic<std::size_t> resumed_ = 0;
    std::counting_semaphore<> started_{0};
    std::jthread thread_;
};

} // namespace qio::bench
