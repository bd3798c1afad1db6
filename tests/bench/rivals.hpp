// WebSocket servers of other libraries, that ours is compared with.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "io/base/bytes.hpp"
#include "io/base/unique-fd.hpp"
#include "tests/bench/harness.hpp"
#include "tests/bench/peers.hpp"

namespace qio::bench {

/// The server's end of one WebSocket, on the calling thread.
class Rival {
public:
    virtual ~Rival() = default;
    /// Receives until that many bytes of payload have come.
    virtual void receive(std::size_t payload) = 0;
    /// Sends `count` messages; returns when `drain` has them.
    virtual void send(ByteView message, std::size_t count, Drain& drain) = 0;
    /// Lets send() look at its drain; from any thread.
    virtual std::function<void()> waker() = 0;
};

/// A library, and how to make its end on `near`, with a client at `far`.
struct RivalKind {
    const char* name;
    /// Null: the library was not there when this was built.
    std::unique_ptr<Rival> (*make)(UniqueFd near, int far);
};
std::span<const RivalKind> rivals();

std::unique_ptr<Rival> make_soup_rival(UniqueFd near, int far);
std::unique_ptr<Rival> make_lws_rival(UniqueFd near, int far);
std::unique_ptr<Rival> make_beast_rival(UniqueFd near, int far);

/// A row for each rival: variants from `first` on, of those that are
/// there, against variant `ours`.
void add_rival_rows(const Table& table, const std::string& what,
                    const Comparison& comparison, std::size_t ours, std::size_t first,
                    std::optional<double> goal);

/// A rival with somebody at the other end.
class RivalReader {
public:
    RivalReader(const RivalKind& kind, Bytes bytes);
    /// Requires: payload is a multiple of what the bytes hold.
    void receive(std::size_t payload, std::size_t payload_of_bytes);

private:
    std::unique_ptr<Rival> rival_;
    std::unique_ptr<Blast> blast_;
};

class RivalWriter {
public:
    explicit RivalWriter(const RivalKind& kind);
    void send(ByteView message, std::size_t count);

private:
    std::unique_ptr<Rival> rival_;
    std::unique_ptr<Drain> drain_;
};

} // namespace qio::bench
