// Frames of a hostile client through the whole channel: what the reader gets must not
// depend on how the bytes were cut, and nothing may hang, grow or spin.
#include "io/websock/channel-websock.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/websock-client.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// What the owner saw.
struct Outcome {
    Bytes delivered;
    bool failed = false;
    bool ended = false;
    bool operator==(const Outcome&) const = default;
};

void read_all_there_is(Channel& channel, std::size_t buffer_size, Outcome& outcome) {
    std::array<std::byte, 4096> buffer;
    // A read that would block has read the pipe up to four times; one more than enough.
    for (int tries = 0; tries < 4 && !outcome.failed && !outcome.ended;) {
        const auto count = channel.read(std::span(buffer).first(buffer_size));
        if (!count) {
            require(!count.error().message.empty());
            outcome.failed = true;
        } else if (!*count) {
            ++tries;
        } else if (**count == 0) {
            outcome.ended = true;
        } else {
            outcome.delivered.insert(outcome.delivered.end(), buffer.begin(),
                                     buffer.begin() + std::ptrdiff_t(**count));
        }
    }
}

Outcome run(ByteView frames, std::size_t chunk, std::size_t buffer_size) {
    auto [client, below] = make_pipe_pair(1 << 16);
    auto server = ChannelWebsock::server(below);
    bool open = false;
    server->handshake({}, [&](const Result<void>& result) { open = result.has_value(); });
    (void)client->write(as_bytes(upgrade_request()));
    require(run_until([&] { return open; }));

    Outcome outcome;
    while (!frames.empty()) {
        const ByteView piece = frames.first(std::min(chunk, frames.size()));
        frames = frames.subspan(piece.size());
        (void)client->write(piece);
        read_all_there_is(*server, buffer_size, outcome);
    }
    (void)client->shutdown(Direction::write);
    read_all_there_is(*server, buffer_size, outcome);
    require(outcome.failed || outcome.ended);

    // Whatever the client sent, what it gets is well-formed.
    ServerFrameParser parser;
    static Bytes answer(1 << 16);
    const auto count = client->read(answer);
    const auto text = as_text(ByteView(answer).first(count && *count ? **count : 0));
    const auto head = text.find("\r\n\r\n");
    require(head != text.npos);
    parser.feed(as_bytes(text.substr(head + 4)));
    require(!parser.is_broken);
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 4096)
        return 0;
    const auto bytes = std::as_bytes(std::span(data, size));
    const std::size_t chunk = 1 + data[0] % 64;
    const std::size_t buffer_size = 1 + data[1] * 16;
    const auto whole = run(bytes.subspan(2), size, 4096);
    require(run(bytes.subspan(2), chunk, buffer_size) == whole);
    return 0;
}
