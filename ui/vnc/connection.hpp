// internal: the bytes of one client: a bounded input queue, and what is to be sent.
#pragma once

#include <memory>

#include "io/base/byte-queue.hpp"
#include "io/core/watch.hpp"
#include "ui/vnc/output-queue.hpp"

namespace qio::vnc {

/// What a connection tells its owner. Any call may stop or drop the connection.
class ConnectionHandler {
public:
    /// Keeps the owner, and with it the connection, alive while it is being called.
    virtual std::shared_ptr<void> keep_alive() = 0;
    /// Bytes wait. Returns how many were used; the rest is shown again with more behind.
    virtual std::size_t on_input(ByteView bytes) = 0;
    /// All output has left.
    virtual void on_drained() = 0;
    /// The peer left (empty) or the channel failed.
    virtual void on_end(std::optional<Error> error) = 0;

protected:
    ~ConnectionHandler() = default;
};

/// Reads what the client sends and sends what its owner appended.
///
/// Limits: the longest client message in; what the owner appends out.
class Connection {
public:
    Connection(Channel& channel, ConnectionHandler& handler, GMainContext* context);

    /// Append to this, then call flush().
    Bytes& output() { return output_.tail(); }
    /// Puts a piece behind what there is; then call flush().
    void add(EncodedPiece piece) { output_.add(std::move(piece)); }
    /// Sends what the channel takes now, the rest as it can.
    void flush();
    std::size_t waiting_bytes() const { return output_.size(); }
    /// Whether nothing is waiting to leave.
    bool is_drained() const { return output_.empty(); }
    /// That the channel took so far.
    std::uint64_t sent_bytes() const { return sent_bytes_; }
    /// No call of the handler comes after this.
    void stop();

    /// Bytes that were read and not used yet.
    ByteView unread() const { return input_.readable(); }
    /// Leaves the client's bytes where they are; its leaving is not noticed, a failure
    /// is.
    void pause_reading();
    /// Goes on with what is unread. Not to be called from on_input().
    void resume_reading();

private:
    void on_ready(Condition condition);
    void read();
    void show_input();
    void watch();
    bool send();
    void fail(std::optional<Error> error);

    Channel& channel_;
    ConnectionHandler& handler_;
    ByteQueue input_;
    OutputQueue output_;
    std::uint64_t sent_bytes_ = 0;
    bool reading_ = true;
    Watch watch_;
};

} // namespace qio::vnc
