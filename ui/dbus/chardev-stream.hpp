// internal: our end of the socket through which a character device speaks.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "io/base/byte-queue.hpp"
#include "io/base/error.hpp"
#include "io/base/unique-fd.hpp"
#include "io/core/watch.hpp"

namespace qio::dbus {

/// Reads what comes, a piece at a time, and sends what is queued as fast as the other end
/// takes it.
///
/// Context: the thread-default one of the caller, whose thread calls everything here.
/// Lifetime: once it is destroyed nothing is called back; `closed` may destroy it,
/// `received` must not.
class ChardevStream final {
public:
    /// What the machine does not take is kept up to here.
    static constexpr std::size_t max_unsent_bytes = 64 * 1024;
    /// Of one call of `received`; others of the context get their turn between two.
    static constexpr std::size_t max_piece_bytes = 4 * 1024;

    using Received = std::function<void(ByteView)>;

    /// `closed` is called once, when the other end has gone.
    /// Errors: those of adopting the socket.
    static Result<std::unique_ptr<ChardevStream>> open(UniqueFd socket, Received received,
                                                       std::function<void()> closed);
    ChardevStream(const ChardevStream&) = delete;
    ChardevStream& operator=(const ChardevStream&) = delete;

    /// All of `bytes`, or, if there is no room for all of them, nothing: false.
    bool send(ByteView bytes);

private:
    ChardevStream(std::shared_ptr<Channel> channel, Received received,
                  std::function<void()> closed);
    void on_ready(Condition ready);
    bool read_piece();
    void write_queued();
    void end();

    const std::shared_ptr<Channel> channel_;
    const Received received_;
    std::function<void()> closed_;
    ByteQueue unsent_{max_unsent_bytes};
    Watch watch_;
};

} // namespace qio::dbus
