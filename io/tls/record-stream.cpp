// A TLS session on its transport, for one thread that reads and one that writes.
#include "io/tls/record-stream.hpp"

#include <algorithm>
#include <utility>

#include "io/core/iovec-cursor.hpp"

namespace qio::tls {

namespace {

// Reads of a transport in one read of ours that bring no data: tickets, key updates and
// halves of records must not keep a thread busy for as long as the peer likes.
constexpr int max_idle_fills = 4;

// Bytes taken in while none come out: a whole handshake, or what follows one. GnuTLS
// keeps what belongs to an unfinished message, and that may say it has 16 MiB.
constexpr std::size_t max_silent_bytes = 256 * 1024;

Error truncated() {
    return {ErrorKind::disconnected, 0, "the TLS stream ended without close_notify"};
}

} // namespace

RecordStream::RecordStream(Channel& transport, std::unique_ptr<Session> session,
                           std::function<void()> changed)
    : transport_(transport), changed_(std::move(changed)), session_(std::move(session)),
      sending_(session_->output().limit()) {}

void RecordStream::set_readable(bool value) {
    if (readable_.exchange(value) != value)
        changed_();
}

void RecordStream::set_blocking(Blocking blocking) {
    may_block_.store(blocking == Blocking::yes, std::memory_order_relaxed);
}

// ---- reading

IoResult RecordStream::read(std::span<const iovec> buffers, bool is_end_relaxed) {
    IovecCursor sink(buffers);
    std::size_t moved = 0;
    for (int fills = 0;; ++fills) {
        decrypt(sink, moved);
        if (end_ != End::none || sink.at_end())
            break;
        // Only a reader with nothing in hand may be kept waiting, or asks in vain.
        if (moved != 0 ? may_block() || is_drained_
                       : !may_block() && fills >= max_idle_fills)
            break;
        if (!take_in())
            break;
    }
    const bool is_left = sink.at_end() && (!session_->input().empty() || [this] {
                             std::lock_guard lock(mutex_);
                             return session_->has_received();
                         }());
    set_readable(end_ != End::none || is_left);
    if (moved != 0)
        return moved;
    if (end_ == End::none)
        return std::nullopt;
    return end_result(is_end_relaxed);
}

/// Opens records until the sink is full, or more input is needed, or that was all.
void RecordStream::decrypt(IovecCursor& sink, std::size_t& moved) {
    bool has_replies = false;
    for (bool go_on = true; go_on && end_ == End::none && !sink.at_end();) {
        std::lock_guard lock(mutex_);
        const auto count = session_->receive(sink.front());
        has_replies = !session_->output().empty();
        go_on = count && *count && **count != 0;
        if (go_on) {
            sink.advance(**count);
            moved += **count;
            silent_bytes_ = 0;
        } else if (!count) {
            end_ = End::failed;
            read_error_ = count.error();
        } else if (*count) {
            end_ = End::notified;
        }
    }
    // What cannot leave follows with the next chance; what fails, with the next write.
    if (has_replies)
        (void)flush();
}

/// One read of the transport, outside the lock. False: it would block.
bool RecordStream::take_in() {
    auto& input = session_->input();
    const std::size_t size = std::min(fill_size_, input.room());
    const auto count = transport_.read(input.prepare(size));
    if (!count) {
        end_ = End::failed;
        read_error_ = count.error();
        return true;
    }
    if (!*count) {
        may_block_.store(false, std::memory_order_relaxed);
        return false;
    }
    if (**count == 0)
        end_ = End::truncated;
    input.commit(**count);
    silent_bytes_ += **count;
    if (silent_bytes_ > max_silent_bytes) {
        end_ = End::failed;
        read_error_ = {ErrorKind::limit, 0, "TLS: a handshake message without end"};
    }
    is_drained_ = **count < size;
    // A buffer that was filled was too small: quiet sessions keep a small one.
    if (**count == fill_size_)
        fill_size_ = std::min(2 * fill_size_, Session::max_input);
    return true;
}

IoResult RecordStream::end_result(bool is_end_relaxed) const {
    if (end_ == End::notified)
        return std::size_t(0);
    if (end_ == End::failed)
        return *read_error_;
    // Looked at now, behind the read that ended: another thread may have shut down the
    // reading half while that waited.
    if (is_end_relaxed || are_ends_relaxed_.load(std::memory_order_acquire))
        return std::size_t(0);
    return truncated();
}

// ---- writing

IoResult RecordStream::write(std::span<const iovec> buffers) {
    std::unique_lock lock(mutex_);
    QIO_TRY(write_failure());
    if (!QIO_TRY(flush(lock, Waiting::yes)))
        return std::nullopt;
    IovecCursor source(buffers);
    std::size_t accepted = std::exchange(owes_byte_, false) ? 1 : 0;
    source.advance(accepted);
    const std::size_t total = source.at_end() ? accepted : total_size(buffers);
    std::size_t left = accepted; // of the accepted, what has left for sure
    while (!source.at_end()) {
        const auto sealed = seal(lock, source, total - accepted);
        if (sealed)
            accepted += *sealed;
        const auto flushed = flush(lock, Waiting::yes);
        if (!sealed || !flushed) {
            if (left != 0)
                return left; // the error comes with the next call
            return sealed ? flushed.error() : sealed.error();
        }
        if (!*flushed) {
            owes_byte_ = true;
            return accepted == 1 ? IoResult(std::nullopt) : IoResult(accepted - 1);
        }
        left = accepted;
    }
    return accepted;
}

/// Seals a few records; in between, the reader may come in.
Result<std::size_t> RecordStream::seal(std::unique_lock<std::mutex>& lock,
                                       IovecCursor& source, std::size_t left) {
    session_->reserve(left);
    for (std::size_t sealed = 0;;) {
        QIO_TRY(write_failure());
        const auto count = session_->seal(source);
        if (!count) {
            write_error_ = count.error();
            return count.error();
        }
        sealed += *count;
        if (source.at_end() || !session_->has_room())
            return sealed;
        lock.unlock();
        lock.lock();
    }
}

Result<void> RecordStream::write_failure() const {
    if (write_error_)
        return *write_error_;
    if (goodbye_said_)
        return Error{ErrorKind::disconnected, 0, "the TLS session is ended for writing"};
    return {};
}

Result<bool> RecordStream::flush() {
    std::unique_lock lock(mutex_);
    return flush(lock, Waiting::no);
}

Result<bool> RecordStream::flush(std::unique_lock<std::mutex>& lock, Waiting waiting) {
    if (waiting == Waiting::yes && may_block())
        flushed_.wait(lock, [this] { return !flushing_; });
    // Whoever flushes already takes along what has come meanwhile.
    if (flushing_)
        return false;
    if (!has_sealed() && !is_pending() && !write_error_)
        return true;
    flushing_ = true;
    auto result = send_sealed(lock);
    flushing_ = false;
    flushed_.notify_all();
    if (const bool is_left = has_sealed(); pending_.exchange(is_left) != is_left) {
        lock.unlock();
        changed_();
        lock.lock();
    }
    return result;
}

bool RecordStream::has_sealed() const {
    return !sending_.empty() || !session_->output().empty();
}

Result<bool> RecordStream::send_sealed(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        if (write_error_)
            return *write_error_;
        if (sending_.empty()) {
            // Back again if there is nothing new: one warm block does for most.
            std::swap(sending_, session_->output());
            if (sending_.empty()) {
                std::swap(sending_, session_->output());
                return true;
            }
        }
        lock.unlock();
        const auto sent = transport_.write(sending_.readable());
        lock.lock();
        if (!sent) {
            lose_writing(sent.error());
            continue;
        }
        if (!*sent) {
            may_block_.store(false, std::memory_order_relaxed);
            return false;
        }
        sending_.consume(**sent);
    }
}

void RecordStream::lose_writing(const Error& error) {
    write_error_ = error;
    sending_.clear();
    session_->output().clear();
}

// ---- handshake and goodbye

Result<bool> RecordStream::fill() {
    const bool has_come = take_in();
    if (end_ == End::truncated)
        return Error{ErrorKind::disconnected, 0,
                     "TLS handshake: the peer left before it was complete"};
    if (end_ == End::failed)
        return Error(*read_error_).with_context("TLS handshake");
    return has_come;
}

Result<bool> RecordStream::shake_hands() {
    std::lock_guard lock(mutex_);
    return session_->shake_hands();
}

void RecordStream::begin() {
    silent_bytes_ = 0;
    bool is_there = !session_->input().empty();
    {
        std::lock_guard lock(mutex_);
        is_there = is_there || session_->has_received();
    }
    set_readable(is_there);
}

void RecordStream::send_alert(gnutls_alert_description_t alert) {
    std::lock_guard lock(mutex_);
    session_->send_alert(alert);
}

Result<void> RecordStream::say_goodbye() {
    bool has_changed = false;
    {
        std::lock_guard lock(mutex_);
        if (write_error_)
            return *write_error_;
        if (std::exchange(goodbye_said_, true))
            return {};
        QIO_TRY(session_->say_goodbye());
        has_changed = !pending_.exchange(true);
    }
    if (has_changed)
        changed_();
    return {};
}

Result<std::optional<Bytes>> RecordStream::resumption_data() const {
    std::lock_guard lock(mutex_);
    return session_->resumption_data();
}

} // namespace qio::tls
