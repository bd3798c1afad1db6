// TLS over any channel.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "io/core/channel.hpp"
#include "io/core/task.hpp"
#include "io/core/wait.hpp"
#include "io/tls/credentials.hpp"
#include "io/tls/session-options.hpp"

namespace qio {

namespace tls {

class Drive;
class Handshake;
class RecordStream;
struct PeerPolicy;
struct SessionSetup;
} // namespace tls

/// One end of a TLS session, as a byte stream.
///
/// Each write becomes as few records as it needs, whatever its buffers; a read takes as
/// many as are there. As long as a write has not left entirely, its last byte is not
/// reported and waits to be given again: so a writer who is done has nothing in here.
///
/// An end of the transport without close_notify is ErrorKind::disconnected, each time;
/// an ordinary end with ReadOptions::relaxed_eof, and after shutdown(Direction::read).
/// A peer that wants to renegotiate breaks the protocol.
///
/// shutdown(Direction::write) sends close_notify, and ends the transport's writing half
/// once it has left; reading goes on. close() tries to send close_notify if nothing else
/// waits, and closes the transport.
///
/// Units/limits: 64 KiB of undecrypted input, three full records and 4 KiB of replies on
/// their way; 256 KiB for a handshake, and for what comes between data. The peer is not
/// read from while the owner does not read.
/// Lifetime: owns the channel below.
/// Context: Feature::concurrent_io, if the channel below has it; not before the end of
/// the handshake. Set blocking through this channel, not the one below.
/// Source: RFC 8446, RFC 5246.
class QIO_API ChannelTls final : public Channel {
public:
    /// Puts a TLS client on `transport`. Nothing is sent before handshake().
    /// Errors: invalid_argument for credentials of the other endpoint, a missing name, an
    /// authorization that would never be asked, unusable ALPN names; those of the
    /// credentials.
    static Result<std::shared_ptr<ChannelTls>> client(std::shared_ptr<Channel> transport,
                                                      const TlsCredentials& credentials,
                                                      tls::ClientOptions options);
    /// Puts a TLS server on `transport`. Errors: as for client().
    static Result<std::shared_ptr<ChannelTls>> server(std::shared_ptr<Channel> transport,
                                                      const TlsCredentials& credentials,
                                                      tls::ServerOptions options = {});

    ~ChannelTls() override;

    /// Agrees on keys, and checks who the peer is. Once only; before it has completed, no
    /// read and no write works, after it has failed none ever does.
    /// Errors: permission_denied (the peer's certificate, its authorization, or ours with
    /// the peer), protocol, limit, disconnected, timed_out, cancelled (also when the
    /// channel is closed or destroyed meanwhile).
    void handshake(const OperationOptions& options, Completion<void> completion);
    /// The same for a thread without a main loop.
    Result<void> handshake_wait(const WaitOptions& options = {});

    /// Ends the writing half: completes when close_notify has been handed to the
    /// transport, behind all that was written. Reading goes on.
    /// Errors: invalid_argument (before the end of the handshake, or a second one at the
    /// same time), disconnected, timed_out, cancelled.
    void bye(const OperationOptions& options, Completion<void> completion);

    /// After the handshake.
    const tls::SessionInfo& info() const;

    /// What a client may hand to its next session with the same server, so that it is
    /// resumed. Empty: the server has not sent it yet; it comes with the first data
    /// (TLS 1.3), or never. It is as secret as the session.
    /// Errors: invalid_argument before the end of the handshake.
    Result<std::optional<Bytes>> session_data() const;

    /// The channel below.
    Channel& transport() const { return *transport_; }

private:
    enum class State : std::uint8_t { fresh, shaking_hands, open, failed };

    explicit ChannelTls(std::shared_ptr<Channel> transport);
    static Result<std::shared_ptr<ChannelTls>> create(std::shared_ptr<Channel> transport,
                                                      const TlsCredentials& credentials,
                                                      const tls::SessionSetup& setup,
                                                      tls::PeerPolicy policy,
                                                      tls::RequireAlpn require_alpn);

    IoResult do_readv(std::span<const iovec> buffers) override;
    IoResult do_readv_with(std::span<const iovec> buffers,
                           const ReadOptions& options) override;
    IoResult do_writev(std::span<const iovec> buffers) override;
    Result<std::optional<ZeroCopyOutcome>> do_flush() override;
    Result<void> do_close() override;
    Result<void> do_set_blocking(Blocking blocking) override;
    Interest do_interest(Condition asked) const override;
    Condition do_resolve(Condition asked, Condition events) override;
    Result<void> do_shutdown(Direction direction) override;
    void do_set_delay(Hint delay) override { transport_->set_delay(delay); }
    void do_set_cork(Hint cork) override { transport_->set_cork(cork); }
    bool do_has_feature(Feature feature) const override;
    Result<PeerCredentials> do_peer_credentials() const override;

    Result<void> begin_handshake();
    Result<Condition> handshake_step(Condition ready);
    void open();
    Result<Condition> bye_step();
    void fail(const Error& error);
    Result<void> check_open() const;
    void on_stream_changed();
    void end_transport();
    Condition transport_condition(Condition asked) const;

    const std::shared_ptr<Channel> transport_;
    std::atomic<State> state_ = State::fresh;
    std::atomic<bool> ends_transport_ = false; // its writing half, once all has left
    std::optional<Error> failure_;             // set before State::failed
    std::unique_ptr<tls::RecordStream> stream_;
    std::unique_ptr<tls::Handshake> handshake_;
    std::shared_ptr<tls::Drive> drive_; // a handshake or a goodbye
};

} // namespace qio
