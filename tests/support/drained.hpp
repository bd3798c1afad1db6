// Reading a channel until it ends, fails, or has no more for now.
#pragma once

#include <optional>
#include <string>

#include "io/core/channel.hpp"
#include "io/core/wait.hpp"

namespace qio::test {

/// What a channel gave, and how that ended; neither ended nor error: it would block.
struct Drained {
    Bytes data{};
    bool ended = false;
    std::optional<Error> error{};
    std::string text() const { return std::string(as_text(data)); }
};

/// Reads in pieces of `chunk` until nothing more is there.
inline Drained drained(Channel& channel, std::size_t chunk = 4096) {
    Drained result;
    Bytes buffer(chunk);
    for (;;) {
        const auto count = channel.read(buffer);
        if (!count)
            result.error = count.error();
        else if (*count)
            result.ended = **count == 0;
        if (!count || !*count || result.ended)
            return result;
        result.data.insert(result.data.end(), buffer.begin(),
                           buffer.begin() + std::ptrdiff_t(**count));
    }
}

/// The same, but waits for more until the stream ends or fails. What never ends fails
/// with timed_out.
inline Drained drained_to_end(Channel& channel, std::size_t chunk = 4096) {
    Drained result;
    const Deadline deadline = deadline_after(std::chrono::seconds(20));
    for (;;) {
        auto more = drained(channel, chunk);
        result.data.insert(result.data.end(), more.data.begin(), more.data.end());
        result.ended = more.ended;
        result.error = std::move(more.error);
        if (result.ended || result.error)
            return result;
        if (auto waited = wait(channel, Condition::in, {.deadline = deadline}); !waited) {
            result.error = std::move(waited).error();
            return result;
        }
    }
}

} // namespace qio::test
