// A plain and slow WebSocket client for the tests, written apart from the library's
// codec.
#include "tests/support/websock-client.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "io/core/watch.hpp"
#include "tests/support/loop.hpp"

namespace qio::test {

namespace {
constexpr std::array<unsigned char, 4> mask = {0x37, 0xFA, 0x21, 0x3D};
constexpr std::size_t max_unsent = 64 * 1024;
} // namespace

std::string upgrade_request(const std::string& extra_fields, const std::string& path) {
    return "GET " + path +
           " HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: 13\r\n" +
           extra_fields + "\r\n";
}

Bytes client_frame(unsigned first_byte, ByteView payload) {
    Bytes frame{std::byte(first_byte)};
    const std::size_t size = payload.size();
    if (size < 126) {
        frame.push_back(std::byte(0x80 | size));
    } else if (size < 65536) {
        frame.push_back(std::byte(0xFE));
        ByteWriter(frame).put(std::uint16_t(size));
    } else {
        frame.push_back(std::byte(0xFF));
        ByteWriter(frame).put(std::uint64_t(size));
    }
    for (unsigned char byte : mask)
        frame.push_back(std::byte(byte));
    for (std::size_t i = 0; i < size; ++i)
        frame.push_back(payload[i] ^ std::byte(mask[i % 4]));
    return frame;
}

void ServerFrameParser::feed(ByteView bytes) {
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    std::size_t at = 0;
    for (;;) {
        ByteReader reader(ByteView(pending_).subspan(at));
        const auto first = reader.take<std::uint8_t>();
        const auto second = reader.take<std::uint8_t>();
        if (!first || !second)
            break;
        is_broken = is_broken || (*second & 0x80) != 0 || ((*first & 8) && *second > 125);
        std::optional<std::uint64_t> length = *second & 0x7F;
        if (*length == 126)
            length = reader.take<std::uint16_t>();
        else if (*length == 127)
            length = reader.take<std::uint64_t>();
        const auto payload = length ? reader.take_bytes(*length) : std::nullopt;
        if (!payload)
            break;
        frames.push_back({*first, Bytes(payload->begin(), payload->end())});
        at = pending_.size() - reader.remaining();
    }
    pending_.erase(pending_.begin(), pending_.begin() + std::ptrdiff_t(at));
}

std::string WebsockClient::shake_hands(Channel& below) {
    const std::string request = upgrade_request();
    (void)below.write(as_bytes(request));
    std::string response;
    bool over = false;
    const Watch watch(below, Condition::in, [&](Condition) {
        std::byte byte;
        const auto count = below.read({&byte, 1});
        over = !count || (*count && **count == 0);
        if (!over && *count)
            response += char(byte);
    });
    run_until([&] { return over || response.ends_with("\r\n\r\n"); });
    return response;
}

bool WebsockClient::collect_payload() {
    bool got = false;
    for (; !parser_.frames.empty(); parser_.frames.pop_front()) {
        auto& frame = parser_.frames.front();
        if ((frame.first_byte & 15) == 8)
            ended_ = true;
        if ((frame.first_byte & 15) != 2 || frame.payload.empty())
            continue;
        input_.insert(input_.end(), frame.payload.begin(), frame.payload.end());
        got = true;
    }
    return got;
}

IoResult WebsockClient::take(std::span<const iovec> buffers) {
    std::size_t moved = 0;
    for (auto& buffer : buffers) {
        const std::size_t count = std::min(buffer.iov_len, input_.size() - moved);
        if (count != 0)
            std::memcpy(buffer.iov_base, input_.data() + moved, count);
        moved += count;
    }
    input_.erase(input_.begin(), input_.begin() + std::ptrdiff_t(moved));
    interest_changed();
    return moved;
}

IoResult WebsockClient::do_readv(std::span<const iovec> buffers) {
    while (input_.empty() && !ended_) {
        std::array<std::byte, 8192> chunk;
        const auto count = below_->read(chunk);
        if (!count || !*count)
            return count;
        ended_ = **count == 0;
        parser_.feed(std::span(chunk).first(**count));
        collect_payload();
    }
    return take(buffers);
}

// A frame is reported once all of it has gone down; until then it would block.
IoResult WebsockClient::do_writev(std::span<const iovec> buffers) {
    if (output_.empty()) {
        Bytes payload;
        for (auto& buffer : buffers) {
            const auto* bytes = static_cast<const std::byte*>(buffer.iov_base);
            const std::size_t count =
                std::min(buffer.iov_len, max_unsent - payload.size());
            payload.insert(payload.end(), bytes, bytes + count);
        }
        output_ = client_frame(0x82, payload);
        unreported_ = payload.size();
    }
    while (!output_.empty()) {
        const auto sent = below_->write(output_);
        if (!sent || !*sent)
            return sent;
        output_.erase(output_.begin(), output_.begin() + std::ptrdiff_t(**sent));
    }
    return unreported_;
}

Result<void> WebsockClient::do_close() {
    if (output_.empty() && !ended_)
        (void)below_->write(client_frame(0x88, ByteView()));
    return below_->close();
}

Interest WebsockClient::do_interest(Condition asked) const {
    if (ended_ && input_.empty())
        return {.ready = Condition::hup, .entries = {}};
    Interest interest = below_->interest(asked);
    if (has(asked, Condition::in) && !input_.empty())
        interest.ready |= Condition::in;
    return interest;
}

Condition WebsockClient::do_resolve(Condition asked, Condition events) {
    Condition ready = Channel::do_resolve(asked, below_->resolve(asked, events));
    if (!input_.empty())
        ready |= asked & Condition::in;
    return ready;
}

} // namespace qio::test
