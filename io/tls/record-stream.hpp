// internal: a TLS session on its transport, for one thread that reads and one that
// writes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "io/core/channel.hpp"
#include "io/tls/session.hpp"

namespace qio::tls {

/// Moves bytes between a transport and a session, and data through the session.
///
/// A lock guards the session and is never held while the transport is called: a reader
/// who waits in there does not stop the writer, nor the other way round.
///
/// Context: read() and fill() on one thread at a time; write() on one; flush() and the
/// rest on any.
class RecordStream {
public:
    /// `changed` is called, without a lock, when is_readable() or is_pending() changes.
    RecordStream(Channel& transport, std::unique_ptr<Session> session,
                 std::function<void()> changed);

    /// As Channel::readv(): as many records as are there. An end of the transport without
    /// close_notify is an end of stream if it `is_end_relaxed`, or after
    /// relax_ends(); otherwise disconnected, each time.
    IoResult read(std::span<const iovec> buffers, bool is_end_relaxed);
    void relax_ends() { are_ends_relaxed_.store(true, std::memory_order_release); }

    /// As Channel::writev(). As long as not all has left, the last byte is not reported:
    /// so whoever writes everything knows that it has left.
    IoResult write(std::span<const iovec> buffers);

    /// Sends what is sealed. False: some is left. Errors: those of the transport; what is
    /// sealed is then lost, and so is the writing half.
    Result<bool> flush();

    /// Takes in what one read of the transport brings; a handshake's way to read.
    /// False: would block. Errors: disconnected, also when the transport ends.
    Result<bool> fill();
    /// The handshake as far as the input reaches. True: complete.
    Result<bool> shake_hands();
    /// The handshake is over: data may already be there.
    void begin();
    void send_alert(gnutls_alert_description_t alert);

    /// Seals a close_notify, once; no write works afterwards.
    Result<void> say_goodbye();

    /// A read would not wait: opened data, a record that may be whole, an end, an error.
    bool is_readable() const { return readable_.load(std::memory_order_acquire); }
    /// Sealed bytes wait to be sent.
    bool is_pending() const { return pending_.load(std::memory_order_acquire); }

    void set_blocking(Blocking blocking);
    /// Whether the transport is not known to be non-blocking.
    bool may_block() const { return may_block_.load(std::memory_order_relaxed); }
    Result<std::optional<Bytes>> resumption_data() const;
    /// Requires: nobody reads or writes.
    gnutls_session_t session() const { return session_->get(); }

private:
    enum class Waiting : bool { no, yes };
    enum class End : std::uint8_t { none, notified, truncated, failed };

    void decrypt(class IovecCursor& sink, std::size_t& moved);
    bool take_in();
    IoResult end_result(bool is_end_relaxed) const;
    // These are called with the lock, and let go of it in between.
    Result<std::size_t> seal(std::unique_lock<std::mutex>& lock,
                             class IovecCursor& source, std::size_t left);
    Result<bool> flush(std::unique_lock<std::mutex>& lock, Waiting waiting);
    Result<bool> send_sealed(std::unique_lock<std::mutex>& lock);
    bool has_sealed() const;
    Result<void> write_failure() const;
    void lose_writing(const Error& error);
    void set_readable(bool value);

    Channel& transport_;
    const std::function<void()> changed_;

    // The reader's.
    std::size_t fill_size_ = 4096;
    std::size_t silent_bytes_ = 0; // taken in since data came out last
    bool is_drained_ = false;      // the last fill() brought less than it could
    End end_ = End::none;
    std::optional<Error> read_error_;

    // The writer's.
    bool owes_byte_ = false; // sealed, and not reported yet

    mutable std::mutex mutex_;
    std::unique_ptr<Session> session_; // all but its input is guarded by mutex_
    ByteQueue sending_;                // the flusher's while flushing_
    bool flushing_ = false;            // guarded by mutex_, like the rest here
    std::condition_variable flushed_;
    std::optional<Error> write_error_;
    bool goodbye_said_ = false;

    std::atomic<bool> are_ends_relaxed_ = false;
    std::atomic<bool> may_block_ = true; // until the transport shows that it does not
    std::atomic<bool> readable_ = false;
    std::atomic<bool> pending_ = false;
};

} // namespace qio::tls
