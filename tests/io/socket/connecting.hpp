// Connecting in tests: runs the loop, and shows how it ended.
#pragma once

#include <memory>
#include <optional>

#include "io/socket/channel-socket.hpp"
#include "tests/support/loop.hpp"

namespace qio::test {

using Connected = Result<std::shared_ptr<ChannelSocket>>;

/// What a connect's completion saw.
struct Outcome {
    int calls = 0;
    std::optional<Connected> result{};

    bool failed_with(ErrorKind kind) const {
        return result && !*result && result->error().kind == kind;
    }
    Completion<std::shared_ptr<ChannelSocket>> recorder() {
        return [this](Connected connected) {
            ++calls;
            result = std::move(connected);
        };
    }
};

/// Connects, and runs the default context until that is decided.
inline Connected connect_now(const SocketAddress& address,
                             const OperationOptions& options = {}) {
    Outcome outcome;
    ChannelSocket::connect(address, options, outcome.recorder());
    run_until([&] { return outcome.calls != 0; });
    if (!outcome.result)
        return Error{ErrorKind::io, 0, "connect() did not complete"};
    return *std::move(outcome.result);
}

/// The next connection of a listening socket, waited for.
inline std::shared_ptr<ChannelSocket> accept_now(ChannelSocket& listener) {
    std::shared_ptr<ChannelSocket> client;
    run_until([&] {
        if (auto accepted = listener.accept(); accepted && *accepted)
            client = **accepted;
        return client != nullptr;
    });
    return client;
}

} // namespace qio::test
