// Frames of a hostile peer through the whole channel: what the reader gets must not
// depend on how the bytes were cut, and nothing may hang, grow or spin.
//
// The first byte of the input chooses messages (16), compression (32), the client's role
// (64) and the size of the pieces (the rest), the second one that of the reader's buffer.
#include "io/websock/channel-websock.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "io/websock/websock-messages.hpp"
#include "tests/support/drained.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/websock-client.hpp"
#include "tests/support/websock-peer.hpp"

using namespace qio;
using namespace qio::test;

namespace {

void require(bool condition) {
    if (!condition)
        std::abort();
}

struct Mode {
    bool messages;
    bool compressed;
    bool client;
};

/// What the owner saw.
struct Outcome {
    Bytes delivered{};
    bool failed = false;
    bool ended = false;

    void add(ByteView bytes) {
        delivered.insert(delivered.end(), bytes.begin(), bytes.end());
    }
    void add(std::string_view text) { add(as_bytes(text)); }
};

/// Whether both saw the same. What comes in one piece with a byte that is not UTF-8, or
/// no compressed data, may be lost with it.
bool is_same(const Outcome& one, const Outcome& other, Mode mode) {
    if (one.failed != other.failed || one.ended != other.ended)
        return false;
    const bool may_lack = one.failed && (mode.messages || mode.compressed);
    const std::size_t common = std::min(one.delivered.size(), other.delivered.size());
    return (may_lack || one.delivered.size() == other.delivered.size()) &&
           std::ranges::equal(ByteView(one.delivered).first(common),
                              ByteView(other.delivered).first(common));
}

/// One read or part of a message. False: it would block.
class Reader {
public:
    Reader(std::shared_ptr<ChannelWebsock> channel, Mode mode)
        : channel_(std::move(channel)) {
        if (mode.messages)
            messages_.emplace(channel_);
    }
    bool read(MutableBytes buffer, Outcome& outcome) {
        return messages_ ? read_part(buffer, outcome) : read_bytes(buffer, outcome);
    }

private:
    bool read_bytes(MutableBytes buffer, Outcome& outcome) {
        const auto count = channel_->read(buffer);
        if (!count)
            return fail(count.error(), outcome);
        outcome.ended = *count && **count == 0;
        outcome.add(buffer.first(count->value_or(0)));
        return count->has_value();
    }
    bool read_part(MutableBytes buffer, Outcome& outcome) {
        const auto part = messages_->receive(buffer);
        if (!part)
            return fail(part.error(), outcome);
        if (!*part)
            return false;
        outcome.ended = (*part)->is_end;
        if (outcome.ended)
            return true;
        if (is_first_)
            outcome.add((*part)->kind == MessageKind::text ? "<t" : "<b");
        outcome.add(ByteView(buffer).first((*part)->size));
        is_first_ = (*part)->is_last;
        outcome.add(is_first_ ? ">" : "");
        return true;
    }
    static bool fail(const Error& error, Outcome& outcome) {
        require(!error.message.empty());
        outcome.failed = true;
        return true;
    }

    std::shared_ptr<ChannelWebsock> channel_;
    std::optional<WebsockMessages> messages_;
    bool is_first_ = true;
};

void read_all_there_is(Reader& reader, std::size_t buffer_size, Outcome& outcome) {
    std::array<std::byte, 4096> buffer;
    // A read that would block has read the pipe up to four times; one more than enough.
    for (int tries = 0; tries < 4 && !outcome.failed && !outcome.ended;)
        tries += !reader.read(std::span(buffer).first(buffer_size), outcome);
}

std::shared_ptr<ChannelWebsock> open_server(const ChannelPair& pipe, Mode mode) {
    auto policy = ws::vnc_listener_policy();
    if (mode.compressed)
        policy.deflate = ws::DeflateOptions{};
    auto server = ChannelWebsock::server(pipe.second, policy);
    bool open = false;
    server->handshake({}, [&](const Result<void>& result) { open = result.has_value(); });
    (void)pipe.first->write(
        as_bytes(upgrade_request("Sec-WebSocket-Extensions: permessage-deflate\r\n")));
    require(run_until([&] { return open; }));
    return server;
}

std::shared_ptr<ChannelWebsock> open_client(const ChannelPair& pipe, Mode mode) {
    ws::ClientHandshakeOptions options{.host = "server.example"};
    if (mode.compressed)
        options.deflate = ws::DeflateOptions{};
    auto client = ChannelWebsock::client(pipe.second, options);
    bool open = false;
    client->handshake({}, [&](const Result<void>& result) { open = result.has_value(); });
    std::string request;
    require(run_until([&] {
        request += drained(*pipe.first).text();
        return request.ends_with("\r\n\r\n");
    }));
    (void)pipe.first->write(as_bytes(response_to(
        request,
        mode.compressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "")));
    require(run_until([&] { return open; }));
    return client;
}

/// Whatever the peer sent, what it gets is well-formed.
void check_answer(Channel& peer, Mode mode) {
    const auto answer = drained(peer).text();
    if (mode.client) {
        ClientFrameParser parser;
        parser.feed(as_bytes(answer));
        return require(!parser.is_broken);
    }
    const auto head = answer.find("\r\n\r\n");
    require(head != answer.npos);
    ServerFrameParser parser;
    parser.feed(as_bytes(answer.substr(head + 4)));
    require(!parser.is_broken);
}

Outcome run(ByteView frames, std::size_t chunk, std::size_t buffer_size, Mode mode) {
    const auto pipe = make_pipe_pair(1 << 16);
    Reader reader(mode.client ? open_client(pipe, mode) : open_server(pipe, mode), mode);
    Outcome outcome;
    while (!frames.empty()) {
        const ByteView piece = frames.first(std::min(chunk, frames.size()));
        frames = frames.subspan(piece.size());
        (void)pipe.first->write(piece);
        read_all_there_is(reader, buffer_size, outcome);
    }
    (void)pipe.first->shutdown(Direction::write);
    read_all_there_is(reader, buffer_size, outcome);
    require(outcome.failed || outcome.ended);
    check_answer(*pipe.first, mode);
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 4096)
        return 0;
    const auto bytes = std::as_bytes(std::span(data, size));
    const Mode mode{(data[0] & 16) != 0, (data[0] & 32) != 0, (data[0] & 64) != 0};
    const std::size_t chunk = 1 + data[0] % 16;
    const std::size_t buffer_size = 1 + data[1] * 16;
    const auto whole = run(bytes.subspan(2), size, 4096, mode);
    require(is_same(run(bytes.subspan(2), chunk, buffer_size, mode), whole, mode));
    return 0;
}
