// internal: a TLS session between two byte queues: GnuTLS without a transport.
#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/base/byte-queue.hpp"
#include "io/base/bytes.hpp"
#include "io/base/error.hpp"
#include "io/base/handle.hpp"
#include "io/tls/credentials.hpp"
#include "io/tls/loaded-credentials.hpp"

namespace qio {
class IovecCursor;
}

namespace qio::tls {

/// What a session is started with, beside the credentials.
struct SessionSetup {
    Endpoint endpoint = Endpoint::client;
    std::string announced_name{};    ///< client: sent as SNI; empty = none
    std::vector<std::string> alpn{}; ///< in the order of preference
    Bytes resumed{};                 ///< client: what Session::resumption_data() gave
};

/// Bytes of the peer go into input(), bytes for the peer come out of output(): the owner
/// moves them. Nothing here waits, and no call leaves half of its work behind.
///
/// Units/limits: 64 KiB of input, output for three full records and 4 KiB of replies.
/// Context: one thread at a time, but for input(): see there.
class Session {
public:
    /// Errors: those of attach(); invalid_argument for names that cannot be sent.
    static Result<std::unique_ptr<Session>>
    create(std::shared_ptr<const LoadedCredentials> credentials,
           const SessionSetup& setup);

    static constexpr std::size_t max_input = 64 * 1024;
    static constexpr std::size_t max_record = 16 * 1024;
    /// What a record costs on the wire at most, beside its data (RFC 5246 §6.2.3).
    static constexpr std::size_t max_expansion = 2048 + 5;
    /// Key updates and alerts that GnuTLS sends of its own accord, behind the records.
    static constexpr std::size_t max_replies = 4 * 1024;
    static constexpr std::size_t records_at_once = 3;

    /// Used only by shake_hands() and receive(), so it belongs to the thread that calls
    /// them, whoever uses the rest of the session meanwhile.
    ByteQueue& input() { return input_; }
    /// Sealed bytes for the peer.
    ByteQueue& output() { return output_; }

    /// Goes on as far as the input reaches. True: the handshake is complete.
    /// Errors: permission_denied, protocol; an alert is then in output().
    Result<bool> shake_hands();

    /// Opens records of input() into `buffer`. Empty: more input is needed, and all of it
    /// has been taken; 0: the peer has sent close_notify.
    /// Errors: protocol, permission_denied; an alert is then in output().
    Result<std::optional<std::size_t>> receive(MutableBytes buffer);
    /// Whether opened bytes wait for receive().
    bool has_received() const { return gnutls_record_check_pending(session_.get()) != 0; }

    /// Whether another full record fits into output().
    bool has_room() const;
    /// Makes room in one piece for `size` bytes of data, or as much of it as is ever
    /// there.
    void reserve(std::size_t size);
    /// Seals one record with as much of `source` as it takes. Requires: has_room(),
    /// source is not at its end.
    Result<std::size_t> seal(IovecCursor& source);

    /// Puts a close_notify into output(); nothing can be sealed afterwards.
    Result<void> say_goodbye();
    /// Puts a fatal alert into output().
    void send_alert(gnutls_alert_description_t alert);

    /// For the client: what a later session may be resumed with; empty while the server
    /// has not sent it.
    Result<std::optional<Bytes>> resumption_data() const;

    gnutls_session_t get() const { return session_.get(); }

private:
    Session(std::shared_ptr<const LoadedCredentials> credentials, Endpoint endpoint);
    Result<void> set_up(const SessionSetup& setup);
    Result<void> set_alpn(const std::vector<std::string>& names);
    Error failure(int code, std::string_view what);

    static ssize_t pull(gnutls_transport_ptr_t self, void* to, size_t size) noexcept;
    static ssize_t push(gnutls_transport_ptr_t self, const giovec_t* vectors,
                        int count) noexcept;
    static int pull_timeout(gnutls_transport_ptr_t self, unsigned) noexcept;

    const std::shared_ptr<const LoadedCredentials> credentials_; // outlives session_
    ByteQueue input_;
    ByteQueue output_;
    Handle<std::remove_pointer_t<gnutls_session_t>, &gnutls_deinit> session_;
};

} // namespace qio::tls
