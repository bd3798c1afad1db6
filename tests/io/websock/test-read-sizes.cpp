// The bytes of a WebSocket do not depend on the reader's buffers or on how they arrive.
#include <algorithm>
#include <memory>
#include <string>

#include "io/websock/channel-websock.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pipe-channel.hpp"
#include "tests/support/scripted-channel.hpp"
#include "tests/support/websock-client.hpp"

#include "tests/support/cmocka.hpp"

using namespace qio;
using namespace qio::test;

namespace {

constexpr unsigned binary = 0x82, ping = 0x89, close_frame = 0x88;
constexpr std::size_t payload_sizes[] = {1,     125,   126, 0,     3000,
                                         65535, 65536, 17,  70000, 2};
constexpr std::size_t chunks[] = {1, 7, 139, 4096, 65536, SIZE_MAX};
constexpr std::size_t read_sizes[] = {1, 100, 16383, 16384, 16400, 65536, 200000};

struct Connection {
    std::shared_ptr<Channel> client;
    std::shared_ptr<ChannelWebsock> server;
};

/// A server that receives at most `chunk` bytes at once.
Connection connect(std::size_t chunk) {
    auto pair = make_pipe_pair(1024 * 1024);
    auto scripted =
        std::make_shared<ScriptedChannel>(pair.second, Script{.max_chunk = chunk});
    auto server = ChannelWebsock::server(std::move(scripted));
    server->handshake({}, [](Result<void>) {});
    WebsockClient::shake_hands(*pair.first);
    return {std::move(pair.first), std::move(server)};
}

/// All that can be read now, `size` bytes at once at most. Empty: it failed or ended.
Bytes read_everything(Channel& channel, std::size_t size) {
    // A read may give up early on control frames that come byte by byte.
    constexpr int patience = 10;
    Bytes all, buffer(size);
    for (int blocked = 0; blocked < patience;) {
        const auto count = channel.read(buffer);
        if (!count || (*count && **count == 0))
            return {};
        blocked = *count ? 0 : blocked + 1;
        all.insert(all.end(), buffer.begin(),
                   buffer.begin() + std::ptrdiff_t(count->value_or(0)));
    }
    return all;
}

Bytes pattern(std::size_t size, std::size_t seed) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::byte(i * 7 + i / 256 + seed);
    return bytes;
}

/// Frames of all sizes with pings between them, and the payload in them.
struct Stream {
    Bytes wire, payload;
};

Stream make_stream() {
    Stream stream;
    for (const std::size_t size : payload_sizes) {
        const auto payload = pattern(size, size);
        for (auto& frame : {client_frame(binary, payload), client_frame(ping, "hey")})
            stream.wire.insert(stream.wire.end(), frame.begin(), frame.end());
        stream.payload.insert(stream.payload.end(), payload.begin(), payload.end());
    }
    return stream;
}

void every_size_of_reads_gives_the_same_bytes(void**) {
    const Stream stream = make_stream();
    for (const std::size_t chunk : chunks)
        for (const std::size_t size : read_sizes) {
            // A byte at a time both ways takes long and shows no more.
            if (chunk < 100 && size < 100)
                continue;
            const auto connection = connect(chunk);
            const auto sent = connection.client->write(stream.wire);
            assert_true(sent && *sent && **sent == stream.wire.size());
            assert_true(read_everything(*connection.server, size) == stream.payload);
        }
}

void every_ping_within_a_large_read_is_answered(void**) {
    const auto connection = connect(SIZE_MAX);
    assert_true(connection.client->write(make_stream().wire).has_value());
    read_everything(*connection.server, 65536);
    ServerFrameParser parser;
    Bytes received(8192);
    const auto count = connection.client->read(received);
    assert_true(count && *count);
    parser.feed(ByteView(received).first(**count));
    assert_int_equal(int(parser.frames.size()), int(std::size(payload_sizes)));
    for (auto& frame : parser.frames)
        assert_int_equal(int(frame.first_byte), 0x8A);
}

void a_close_within_a_large_read_comes_after_the_bytes_before_it(void**) {
    const auto connection = connect(SIZE_MAX);
    for (auto& frame : {client_frame(binary, "tail"), client_frame(close_frame, ""),
                        client_frame(binary, "too late")})
        assert_true(connection.client->write(frame).has_value());
    Bytes buffer(65536);
    const auto first = connection.server->read(buffer);
    assert_true(first && *first);
    assert_true(as_text(ByteView(buffer).first(**first)) == "tail");
    const auto second = connection.server->read(buffer);
    assert_true(second && *second && **second == 0);
}

void a_header_cut_in_two_at_the_end_of_the_stream_is_an_error(void**) {
    for (const std::size_t size : {100, 65536}) {
        const auto connection = connect(SIZE_MAX);
        const auto frame = client_frame(binary, "x");
        assert_true(connection.client->write(ByteView(frame).first(3)).has_value());
        assert_true(connection.client->close().has_value());
        Bytes buffer(size);
        const auto count = connection.server->read(buffer);
        assert_false(count.has_value());
        assert_true(count.error().kind == ErrorKind::disconnected);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_size_of_reads_gives_the_same_bytes),
        cmocka_unit_test(every_ping_within_a_large_read_is_answered),
        cmocka_unit_test(a_close_within_a_large_read_comes_after_the_bytes_before_it),
        cmocka_unit_test(a_header_cut_in_two_at_the_end_of_the_stream_is_an_error),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
