// What has to leave: the unsent tail of a frame, a pong, a close frame.
#include "io/websock/frame-output.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace qio::ws {

namespace {

// Buffers of one call that go into one frame; a list that is longer gives a short count.
constexpr std::size_t max_vectors = 62;

/// Copies the front of `buffers` to `to`, at most max_payload bytes. Returns the bytes.
std::size_t take_payload(std::span<const iovec> buffers, std::span<iovec> to,
                         std::size_t& count) {
    std::size_t total = 0;
    for (auto& buffer : buffers) {
        if (count == to.size() || total == FrameOutput::max_payload)
            break;
        if (buffer.iov_len == 0)
            continue;
        const std::size_t length =
            std::min(buffer.iov_len, FrameOutput::max_payload - total);
        to[count++] = {buffer.iov_base, length};
        total += length;
    }
    return total;
}

} // namespace

IoResult FrameOutput::send(Channel& transport, std::span<const iovec> buffers) {
    move_pong();
    std::array<iovec, max_vectors + 2> vectors;
    const std::size_t queued = queue_.size();
    std::size_t count = 2;
    const std::size_t payload = take_payload(buffers, vectors, count);
    const auto header = encode_frame_header(Opcode::binary, Fin::yes, payload);
    vectors[0] = to_iovec(queue_.readable());
    vectors[1] = to_iovec(header.view());

    const auto sent = QIO_TRY(transport.writev(std::span(vectors).first(count)));
    if (!sent)
        return std::nullopt;
    queue_.consume(std::min(*sent, queued));
    // Nothing of the new frame has left: it has not begun, and the caller keeps it.
    if (*sent <= queued && queued != 0)
        return std::nullopt;
    keep_tail(std::span(vectors).subspan(1, count - 1), *sent - queued);
    return payload;
}

void FrameOutput::keep_tail(std::span<const iovec> vectors, std::size_t sent) {
    for (auto& vector : vectors) {
        const std::size_t skip = std::min(sent, vector.iov_len);
        sent -= skip;
        queue_.append({static_cast<const std::byte*>(vector.iov_base) + skip,
                       vector.iov_len - skip});
    }
}

Result<bool> FrameOutput::flush(Channel& transport) {
    for (;;) {
        move_pong();
        if (queue_.empty())
            return true;
        const auto sent = QIO_TRY(transport.write(queue_.readable()));
        if (!sent)
            return false;
        queue_.consume(*sent);
    }
}

void FrameOutput::queue_pong(ByteView payload) {
    if (close_queued_)
        return;
    std::memcpy(pong_.data(), payload.data(), payload.size());
    pong_size_ = payload.size() + 1;
}

void FrameOutput::move_pong() {
    // Only into an empty queue: so one pong is on its way and one waits, never more.
    if (pong_size_ == 0 || !queue_.empty())
        return;
    queue_control(Opcode::pong, ByteView(pong_).first(pong_size_ - 1));
    pong_size_ = 0;
}

void FrameOutput::queue_close(ByteView payload) {
    if (close_queued_)
        return;
    pong_size_ = 0;
    close_queued_ = true;
    queue_control(Opcode::close, payload);
}

void FrameOutput::queue_control(Opcode opcode, ByteView payload) {
    queue_.append(encode_frame_header(opcode, Fin::yes, payload.size()).view());
    queue_.append(payload);
}

void FrameOutput::clear() {
    queue_.clear();
    pong_size_ = 0;
}

} // namespace qio::ws
